"""Files that must stay what they were: noted when a container is made, compared at every reading."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar, final

from leyden.errors import DataChanged, DataError, LeydenError

__all__ = ["Kept", "Opened", "Stamp", "check_file", "check_unchanged", "naming", "stamp_of"]

Stamp: TypeAlias = tuple[int, int] | None
"""The size of a file in bytes and when it was last written, in ns; None if there is no such file."""

Kept = TypeVar("Kept")


def stamp_of(path: Path) -> Stamp:
    """What a file is now, by size and time of writing; costs about 2 us."""
    try:
        status = os.stat(path)  # noqa: PTH116  # half the cost of Path.stat, and paid for every element
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def check_unchanged(path: Path, stamp: Stamp) -> None:
    """Refuse a file that is not what it was.

    Args:
        path: the file.
        stamp: what `stamp_of` gave when the container was made.

    Raises:
        DataChanged: it was written since, or is gone.
    """
    now = stamp_of(path)
    if now == stamp:
        return
    if now is None:
        raise DataChanged(f"{path} is gone since its container was made; restore it, or make the container anew")
    what = "did not exist" if stamp is None else "was written to since"
    if stamp is not None and now[0] != stamp[0]:
        what += f" ({stamp[0]} bytes then, {now[0]} now)"
    raise DataChanged(f"{path} {what} when its container was made; make the container anew to read it as it is now")


def check_file(path: Path, *, what: str) -> None:
    """Refuse what is no file with content.

    Args:
        path: where it should be.
        what: what it should be, for the error: "table".

    Raises:
        DataError: it is missing, a folder, or empty.
    """
    if not path.exists():
        raise DataError(f"no {what} {str(path)!r}, seen from {Path.cwd()}; check the path")
    if not path.is_file():
        raise DataError(f"{str(path)!r} is no file; a {what} is wanted, for a folder see files_in(folder)")
    if not path.stat().st_size:
        raise DataError(f"{path} is empty (0 bytes); delete it or fetch it again")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let every error of what is done within name the file that it is about.

    Args:
        name: the file, or the archive and the member.

    Raises:
        LeydenError: of the same kind, with the name before it.
        DataError: anything else was raised; it is the cause.
    """
    try:
        yield
    except LeydenError as error:
        if name in str(error):
            raise
        raise type(error)(f"{name}: {error}") from error
    except Exception as error:  # readers are anybody's, and decoders raise many kinds on damaged files
        raise DataError(f"{name} cannot be read ({type(error).__name__}: {error})") from error


@final
class Opened(Generic[Kept]):
    """A file that is opened when it is first needed, in each process anew, and must not change.

    What was opened is never pickled and never used across a fork: two processes would move one file position.

    Args:
        path: the file.
        opener: opens it.
    """

    def __init__(self, path: Path, opener: Callable[[Path], Kept]) -> None:
        self.path = path
        self._opener, self._stamp = opener, stamp_of(path)
        self._kept: dict[int, Kept] = {}

    def get(self) -> Kept:
        """What the opener gave in this process; one for all its threads.

        Raises:
            DataChanged: the file was written to since, or is gone.
        """
        check_unchanged(self.path, self._stamp)
        process = os.getpid()
        if process not in self._kept:
            # no lock, which a fork could leave locked: two threads may both open, but both get the one kept first
            self._kept.setdefault(process, self._opener(self.path))
        return self._kept[process]

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "_kept": {}}
