"""Archives, unpacked once into the cache: zips, wheels and tars, all of one or a part."""

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, TypeAlias

from leyden.data.declared.storage.store import keep
from leyden.errors import CatalogError, DamagedArchive

__all__ = ["inner_path", "is_archive", "unpack"]

_ZIPS = (".zip", ".whl")
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_NO_DATA = "__MACOSX"  # where macOS puts what its own file system holds beside a file
# RuntimeError: a zip with a password; KeyError: a link out of a tar
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, EOFError, RuntimeError, KeyError)

_Members: TypeAlias = Iterator[tuple[str, Callable[[], IO[bytes] | None]]]


def is_archive(path: Path) -> bool:
    """Whether a file can be unpacked, going by its name.

    Examples:
        >>> is_archive(Path("scans.tar.gz")), is_archive(Path("scan.nii.gz"))
        (True, False)
    """
    return path.name.lower().endswith((*_ZIPS, *_TARS))


def unpack(archive: Path, *, inside: str = "") -> Path:
    """The content of an archive as a folder, or one folder or file of it; unpacked at the first call.

    Nothing is written outside the folder of the cache, whatever names the archive holds; links in it are followed
    within it. What macOS adds beside the files (`__MACOSX`) is left out.

    Args:
        archive: a file, see `is_archive`.
        inside: a file or folder of it; all of it if empty.

    Raises:
        DamagedArchive: it cannot be read, needs a password, or a name or link in it leads out of it.
        CatalogError: nothing in it is called so.
        DiskFull: there is no room for it.
    """
    wanted = inner_path(inside)
    status = archive.stat()
    key = f"{archive.resolve()}\0{status.st_size}\0{status.st_mtime_ns}\0{wanted}"
    name = wanted.name or archive.name.partition(".")[0] or "archive"
    return keep("unpacked", key, name=name.strip(".") or "archive", make=partial(_write, archive, wanted))


def inner_path(inside: str) -> PurePosixPath:
    """A path below a folder or inside an archive.

    Raises:
        CatalogError: it leads elsewhere.

    Examples:
        >>> inner_path("train/rose/")
        PurePosixPath('train/rose')
    """
    path = PurePosixPath(inside.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(inside).drive:
        raise CatalogError(f"{inside!r} leads out of what it should lie in; write it relative, without '..'")
    return path


def _write(archive: Path, wanted: PurePosixPath, goal: Path) -> None:
    tops: set[str] = set()
    found = False
    try:
        with ExitStack() as stack:
            for name, opened in _members(archive, stack):
                path = _safe(archive, name)
                if path.parts[:1] == (_NO_DATA,):
                    continue
                tops |= set(path.parts[:1])
                if path.is_relative_to(wanted):
                    found = True
                    _copy(archive, name, opened, goal=goal / path.relative_to(wanted))
    except _BROKEN as error:
        raise DamagedArchive(
            f"{archive} cannot be unpacked: {type(error).__name__}: {error}; fetch it again, or unpack it yourself "
            "and declare the folder"
        ) from error
    if not found:
        told = ", ".join(sorted(tops)[:8]) or "nothing"
        raise CatalogError(f"{archive} holds no {str(wanted)!r}; at its top it has {told}")


def _copy(archive: Path, name: str, opened: Callable[[], IO[bytes] | None], *, goal: Path) -> None:
    source = opened()
    if source is None:
        raise DamagedArchive(
            f"{archive} holds {name!r}, which is no file (a link to a folder, or a device); unpack it yourself and "
            "declare the folder"
        )
    goal.parent.mkdir(parents=True, exist_ok=True)
    with source, goal.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def _members(archive: Path, stack: ExitStack) -> _Members:
    """The files of an archive, and what opens each: to nothing for what is no file."""
    if archive.name.lower().endswith(_ZIPS):
        packed = stack.enter_context(zipfile.ZipFile(archive))
        for one in packed.infolist():
            if not one.is_dir():
                linked = stat.S_ISLNK(one.external_attr >> 16)
                yield one.filename, (lambda: None) if linked else partial(packed.open, one)
        return
    tar = tarfile.TarFile.open(archive)
    stack.callback(tar.close)
    for one in tar:
        if not one.isdir():
            yield one.name, partial(tar.extractfile, one)


def _safe(archive: Path, name: str) -> PurePosixPath:
    try:
        return inner_path(name)
    except CatalogError as error:
        raise DamagedArchive(f"{archive} holds {name!r}, which leads out of it; do not trust this archive") from error
