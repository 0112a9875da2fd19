"""Where elements are kept: in memory, or one file each in a folder."""

import errno
import json
import os
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, final

from leyden.data.keep.packing import pack, unpack
from leyden.data.keep.traits import Trait
from leyden.errors import DataError, DiskFull

__all__ = ["FolderStore", "MemoryStore", "Store"]

_LABEL = "leyden-cache.json"
_PER_FOLDER = 1000  # files; listing a folder of a million takes file browsers minutes
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Store(ABC):
    """Keeps elements by index; several threads may use it at once."""

    @abstractmethod
    def found(self, index: int) -> tuple[Any] | None:
        """The element at an index in a tuple of its own; None if it is not kept."""

    @abstractmethod
    def keep(self, index: int, element: Any) -> Any:
        """Keep an element, and give what is to be handed out in its place."""


@final
class MemoryStore(Store):
    """Keeps the objects themselves; a copy begins empty."""

    def __init__(self) -> None:
        self._kept: dict[int, Any] = {}

    def found(self, index: int) -> tuple[Any] | None:
        """See `Store.found`."""
        return (self._kept[index],) if index in self._kept else None

    def keep(self, index: int, element: Any) -> Any:
        """See `Store.keep`; of two threads that made one element, both get the one that came first."""
        return self._kept.setdefault(index, element)

    def __getstate__(self) -> dict[str, Any]:
        return {"_kept": {}}


@final
class FolderStore(Store):
    """Keeps each element in a file of one folder, which belongs to one pipe.

    Args:
        folder: where the files lie; made if need be.
        traits: of the pipe that makes the elements.

    Raises:
        DataError: the folder was filled by another pipe, holds other files, or cannot be written to.
        DiskFull: there is no room left.
    """

    def __init__(self, folder: Path, traits: tuple[Trait, ...]) -> None:
        self._folder = folder
        label = folder / _LABEL
        if not label.exists():
            if _is_foreign(folder) and not label.exists():  # another process may have begun the same cache meanwhile
                raise DataError(f"{folder} holds something else than a cache; give cache(folder=...) its own")
            self._write(label, json.dumps({"traits": traits}, indent=1).encode(), first=True)
        _check_label(label, traits)

    def found(self, index: int) -> tuple[Any] | None:
        """See `Store.found`; a file that cannot be read back counts as not there."""
        try:
            return (unpack(self._file(index).read_bytes()),)
        except (OSError, ValueError):
            return None

    def keep(self, index: int, element: Any) -> Any:
        """See `Store.keep`.

        Raises:
            DataError: the element cannot be kept in a file, or the folder cannot be written to.
            DiskFull: there is no room left.
        """
        self._write(self._file(index), pack(element))
        return element

    def _file(self, index: int) -> Path:
        return self._folder / f"{index // _PER_FOLDER:04d}" / f"{index:07d}.element"

    def _write(self, path: Path, content: bytes, *, first: bool = False) -> None:
        """Write a file so that others see all of it or nothing; with `first` one that is there stays as it is."""
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(content)
                if not (first and _linked(part, path)):
                    part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            if error.errno in _FULL:
                raise DiskFull(
                    f"no room left in {self._folder} for a cache ({error.strerror}); what is there stays valid. Free "
                    "some room, name another folder, or use cache() in memory"
                ) from error
            raise DataError(f"cannot write to the cache {self._folder}: {error}") from error


def _is_foreign(folder: Path) -> bool:
    """Whether there is anything but what the beginning of a cache leaves there."""
    if not folder.exists():
        return False
    return not folder.is_dir() or any(not each.name.startswith(_LABEL) for each in folder.iterdir())


def _linked(part: Path, path: Path) -> bool:
    """Whether a file is there by its final name now, its own or that of another who came first."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return True
    except OSError:  # a file system without links
        return False
    return True


def _check_label(label: Path, traits: tuple[Trait, ...]) -> None:
    """Refuse a folder whose elements another pipe has made."""
    advice = f"delete {label.parent} to fill it anew, or name another folder"
    try:
        before = [(str(words), str(digest)) for words, digest in json.loads(label.read_bytes())["traits"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{label} cannot be read ({type(error).__name__}: {error}); {advice}") from error
    if before == list(traits):
        return
    old, new = (" | ".join(words for words, _ in each) for each in (before, traits))
    if old == new:
        changed = [words for (words, one), (_, other) in zip(before, traits, strict=True) if one != other]
        why = f"the parameters, code or data of {', '.join(changed)} have changed since"
    else:
        why = f"this pipe is {new}"
    raise DataError(f"{label.parent} was filled by {old}; {why}. To keep no stale elements, {advice}")
