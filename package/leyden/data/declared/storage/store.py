"""The cache of what drivers brought from elsewhere or unpacked: each thing made once, seen whole or not at all."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs
from filelock import FileLock

from leyden.errors import CatalogError, DiskFull

__all__ = ["keep", "plain_name", "store_folder"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def store_folder() -> Path:
    """The folder of fetched and unpacked datasets: below LEYDEN_CACHE if set, else the user's cache folder."""
    given = os.environ.get("LEYDEN_CACHE")
    above = Path(given).expanduser().absolute() if given else platformdirs.user_cache_path("leyden")
    return above / "datasets"


def keep(
    kind: str, key: str, *, name: str, make: Callable[[Path], None], sound: Callable[[Path], bool] | None = None
) -> Path:
    """The file or folder that is kept under a key, made if it is not here yet.

    Two processes or threads that ask at once make it once. What a maker leaves beside its goal stays for its next try.

    Args:
        kind: a folder of the cache, such as "git".
        key: all that tells it from others, as text.
        name: what the file or folder is called.
        make: writes it at the path it is given, which does not exist.
        sound: whether what is here may be used; if not it is made again, and replaced once that is done.

    Raises:
        DiskFull: there is no room.
        CatalogError: the cache cannot be written.
    """
    folder = store_folder() / kind / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    goal = folder / plain_name(name)
    if _usable(goal, sound):
        return goal
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not _usable(goal, sound):
                _make(folder / ".fresh", goal, make)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(
                f"no room for {name} in {folder}: {error}; free some, or set LEYDEN_CACHE to a folder on another disk"
            ) from error
        raise CatalogError(
            f"{name} cannot be stored in {folder}: {error}; set LEYDEN_CACHE to a folder you may write to"
        ) from error
    return goal


def plain_name(name: str) -> str:
    """The name, if it is one of a file in a folder and of nothing else.

    Raises:
        CatalogError: it is empty, hidden, or leads elsewhere.

    Examples:
        >>> plain_name("scan.nii.gz")
        'scan.nii.gz'
        >>> plain_name("../scan")
        Traceback (most recent call last):
        leyden.errors.CatalogError: '../scan' is no plain file name; give one with `filename`, such as 'data.csv'
    """
    if not name or name.startswith(".") or any(sign in name for sign in '/\\:\0\n\r\t"*?<>|'):
        raise CatalogError(f"{name!r} is no plain file name; give one with `filename`, such as 'data.csv'")
    return name


def _usable(goal: Path, sound: Callable[[Path], bool] | None) -> bool:
    return goal.exists() and (sound is None or sound(goal))


def _make(fresh: Path, goal: Path, make: Callable[[Path], None]) -> None:
    _remove(fresh)  # left by a process that was killed
    try:
        make(fresh)
        _remove(goal)
        fresh.replace(goal)
    finally:
        _remove(fresh)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    with suppress(FileNotFoundError, IsADirectoryError, PermissionError):
        path.unlink()
