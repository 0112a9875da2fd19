"""The SHA-256 of files and folders, and a memory of what was found right."""

import hashlib
import json
import os
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from leyden.assets.source import sha256_of
from leyden.data.declared.storage.store import store_folder
from leyden.errors import CatalogError, HashMismatch

__all__ = ["content_hash", "verify"]

_THREADS = 4  # hashing runs outside Python's lock; more readers seldom help a disk
_SETTLED = 2.0  # seconds: the coarsest clock of a common file system (FAT); a younger file may change unseen


def content_hash(path: str | Path) -> str:
    r"""The SHA-256 of a file, or of all files of a folder with their names; reads all of it.

    For a folder it is the SHA-256 of a text with one line a file, `<sha256 of the file>  <name>`, names relative with
    `/`, in Unicode's composed form (NFC), sorted by their UTF-8 bytes: what
    `find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum` prints. Hidden files count,
    links are followed; empty folders, times and permissions do not count.

    Args:
        path: a file or folder.

    Returns:
        64 hexadecimal digits, as they stand in a TOML file.

    Raises:
        CatalogError: there is nothing at that path, or a folder without a file.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "a.txt").write_text("hello")
        ...     content_hash(folder)[:8], content_hash(Path(folder) / "a.txt")[:8]
        ('c703ac0c', '2cf24dba')
    """
    place = Path(path).expanduser()
    if place.is_file():
        return sha256_of(place)
    files = dict(_files(place))
    with ThreadPoolExecutor(_THREADS) as pool:
        digests = pool.map(sha256_of, files.values())
        lines = [b"%s  %s\n" % (digest.encode(), name) for name, digest in zip(files, digests, strict=True)]
    return hashlib.sha256(b"".join(lines)).hexdigest()


def verify(path: Path, expected: str, *, advice: str) -> None:
    """Make sure that a file or folder has the SHA-256 it should have.

    What was found right is remembered in the cache by name, size, time of change and inode of every file, so the next
    check of the same only looks at these. A file changed in the last two seconds is not remembered.

    Args:
        path: a file or folder.
        expected: 64 hexadecimal digits.
        advice: what to do if it differs.

    Raises:
        HashMismatch: it differs; both hashes are named.
        CatalogError: there is nothing at that path.
    """
    place = path.resolve()
    stamp, newest = _stamp(place)
    known = hashlib.sha256(f"{place}\0{expected}".encode("utf-8", "surrogateescape")).hexdigest()
    memory = store_folder() / "checked" / f"{known}.json"
    with suppress(OSError, ValueError):  # nothing remembered, or nothing legible
        if json.loads(memory.read_text(encoding="utf-8")) == stamp:
            return
    began = time.time()
    found = content_hash(place)
    if found != expected:
        raise HashMismatch(f"{path} has SHA-256 {found}, declared is {expected}; {advice}")
    settled = newest < began - _SETTLED or place.is_relative_to(store_folder().resolve())  # ours change by replacement
    if settled and _stamp(place)[0] == stamp:
        with suppress(OSError):  # a cache that cannot be written costs time, not correctness
            memory.parent.mkdir(parents=True, exist_ok=True)
            fresh = memory.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(stamp), encoding="utf-8")
            fresh.replace(memory)


def _files(folder: Path) -> Iterator[tuple[bytes, Path]]:
    """Every file below a folder by its name there, sorted; a folder met again through a link inside itself is left."""
    found: dict[bytes, Path] = {}
    if not folder.is_dir():
        raise CatalogError(f"no file or folder {str(folder)!r}, seen from {Path.cwd()}; check the path")
    for place, names, files in os.walk(folder, followlinks=True, onerror=_raise):
        here = Path(place)
        above = {os.path.realpath(one) for one in (here, *here.parents)}
        names[:] = [name for name in names if os.path.realpath(here / name) not in above]
        for file in files:
            name = unicodedata.normalize("NFC", (here / file).relative_to(folder).as_posix())
            if (here / file).is_file():
                found[os.fsencode(name)] = here / file
    if not found:
        raise CatalogError(f"{folder} holds no file, so it has no SHA-256; check the path")
    yield from sorted(found.items())


def _stamp(place: Path) -> tuple[str, float]:
    """What stands for the state of a file or folder without reading it, and when it last changed."""
    files = [(b"", place)] if place.is_file() else _files(place)
    digest, newest = hashlib.sha256(), 0.0
    for name, path in files:
        status = path.stat()
        newest = max(newest, status.st_mtime, status.st_ctime)
        state = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
        digest.update(b"%s\0%s\n" % (name, state.encode()))
    return digest.hexdigest(), newest


def _raise(error: OSError) -> None:
    raise error
