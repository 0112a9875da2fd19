"""Reading files in place out of wheels, sdists, zips, tars and Debian packages.

Nothing is unpacked on disk and no code of a package runs. A file inside an archive inside an archive is written with
`!`: `release-1.0/extra/data.tar.gz!data/table.tsv`.
"""

import difflib
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

from leyden.errors import DamagedArchive, UnknownMember

__all__ = ["contents", "extract"]

_ZIPS = (".whl", ".zip")
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz")
_ARCHIVES = (*_ZIPS, *_TARS, ".deb")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)

_Entry: TypeAlias = tuple[str, Callable[[], bytes]]
_Entries: TypeAlias = dict[str, Callable[[], bytes]]


def contents(archive: Path) -> list[str]:
    """List the files inside an archive, those of archives inside it too.

    Args:
        archive: A `.whl`, `.zip`, `.tar` (also `.gz`, `.bz2`, `.xz`) or `.deb`; any other file has one member, itself.

    Returns:
        Sorted names, without folders and links.

    Raises:
        DamagedArchive: It, or an archive inside it, cannot be read.
    """
    with _sound(archive), archive.open("rb") as file:
        return sorted(_below(dict(_entries(archive.name, file))))


def extract(archive: Path, member: str) -> bytes:
    """Read one file out of an archive.

    Args:
        archive: As for `contents`.
        member: Its name as `contents` lists it, or the end of that name from a `/` or `!` on, if only one ends so.

    Returns:
        The bytes of the member, decompressed.

    Raises:
        UnknownMember: No file, or more than one, goes by that name.
        DamagedArchive: The archive or the member cannot be read.
    """
    with _sound(archive), archive.open("rb") as file:
        entries = dict(_entries(archive.name, file))
        found = _read(entries, member)
        if found is not None:
            return found
        names = sorted(_below(entries))
        ends = [name for name in names if member and name.endswith((f"/{member}", f"!{member}"))]
        if len(ends) == 1:
            found = _read(entries, ends[0])
            assert found is not None  # it was listed a moment ago
            return found
    raise _unknown(archive.name, member, ends=ends, names=names)


@contextmanager
def _sound(archive: Path) -> Iterator[None]:
    """Turn whatever the readers of the standard library raise on bad bytes into one error."""
    try:
        yield
    except (FileNotFoundError, PermissionError):
        raise
    except _BROKEN as error:
        raise DamagedArchive(
            f"{archive} cannot be read as an archive: {type(error).__name__}: {error}; "
            "delete it and fetch it again, or register it with the SHA-256 of a sound copy"
        ) from error


def _read(entries: _Entries, member: str) -> bytes | None:
    """Read a member by its full name, through as many archives as it has `!`; None if there is none."""
    if member in entries:
        return entries[member]()
    outer, _, inner = member.partition("!")
    if not inner or outer not in entries:
        return None
    return _read(dict(_entries(outer, io.BytesIO(entries[outer]()))), inner)


def _below(entries: _Entries) -> Iterator[str]:
    """Yield the names of all files.

    An archive inside that cannot be opened is just a file: sdists carry broken ones for their tests.
    """
    for name, read in entries.items():
        yield name
        if name.endswith(_ARCHIVES):
            with suppress(*_BROKEN):
                yield from [f"{name}!{one}" for one in _below(dict(_entries(name, io.BytesIO(read()))))]


def _entries(name: str, file: io.BufferedIOBase) -> Iterator[_Entry]:
    if name.endswith(_ZIPS):
        archive = zipfile.ZipFile(file)
        return ((one.filename, partial(archive.read, one)) for one in archive.infolist() if not one.is_dir())
    if name.endswith(_TARS):
        return _tar_entries(tarfile.open(fileobj=file, mode="r:*"))
    if name.endswith(".deb"):
        return _tar_entries(tarfile.open(fileobj=io.BytesIO(_deb_data(file)), mode="r:*"))
    return iter([(name, file.read)])


def _tar_entries(archive: tarfile.TarFile) -> Iterator[_Entry]:
    for one in archive:
        if one.isfile():
            yield one.name.removeprefix("./"), partial(_read_tar, archive, one)


def _read_tar(archive: tarfile.TarFile, one: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(one)
    assert stream is not None  # only regular files get here
    return stream.read()


def _deb_data(file: io.BufferedIOBase) -> bytes:
    """Return the compressed tar of files in a Debian package, which is an `ar` archive of three members.

    Source:
        deb(5): members debian-binary, control.tar*, data.tar*; ar(5): headers of 60 bytes, size at 48-58, even padding.
    """
    if file.read(8) != b"!<arch>\n":
        raise ValueError("a Debian package begins with '!<arch>'")
    while header := file.read(60):
        if len(header) < 60 or header[58:] != b"`\n":
            raise EOFError("cut off in a header")
        name, size = header[:16].decode("ascii", "replace").strip().rstrip("/"), int(header[48:58])
        data = file.read(size + size % 2)[:size]
        if len(data) < size:
            raise EOFError(f"cut off in {name}")
        if name == "data.tar.zst":
            raise ValueError("its files are packed with zstd, which Python reads from 3.14 on; repack it with xz")
        if name.startswith("data.tar"):
            return data
    raise ValueError("it holds no data.tar")


def _unknown(archive: str, member: str, *, ends: list[str], names: list[str]) -> UnknownMember:
    if ends:
        return UnknownMember(
            f"{member!r} may be any of {', '.join(ends[:5])} in {archive}; write more of the one you mean"
        )
    short = {name.replace("!", "/").rsplit("/", 1)[-1]: name for name in names}
    near = difflib.get_close_matches(member.rsplit("/", 1)[-1], list(short), n=3, cutoff=0.5)
    closest = f"closest: {', '.join(short[one] for one in near)}" if near else f"it has {len(names)} others"
    return UnknownMember(f"{archive} holds no {member!r}; {closest}; see leyden.assets.members(name)")
