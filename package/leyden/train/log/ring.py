"""Rows of numbers in one block of memory; the oldest make room for the newest."""

import struct
from collections.abc import Iterator
from typing import final

__all__ = ["Ring", "Row"]

Row = tuple[int, int, int, float, float]
"""Step, kind of call, thread (numbers whose meaning the owner knows), start, seconds."""

_ROW = struct.Struct("<qIIdd")
_SIZE, _PACK = _ROW.size, _ROW.pack_into
_CHUNK = 1024  # rows of memory taken at a time: 32 kB


@final
class Ring:
    """The last rows of many, 32 bytes each.

    Args:
        keep: how many, 1 or more.

    Attributes:
        count: rows ever added.

    Examples:
        >>> ring = Ring(2)
        >>> for step in range(3):
        ...     ring.add(step, 0, 0, 0.0, 0.5)
        >>> [row[0] for row in ring.rows()], ring.count
        ([1, 2], 3)
    """

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.count = 0
        self._bytes = bytearray()

    def __len__(self) -> int:
        return min(self.count, self.keep)

    def add(self, step: int, kind: int, thread: int, start: float, seconds: float) -> None:
        """Writes one row, over the oldest where there are `keep` already."""
        rows, at = self._bytes, self.count % self.keep * _SIZE
        if at == len(rows):
            rows.extend(bytes(_CHUNK * _SIZE))
        _PACK(rows, at, step, kind, thread, start, seconds)
        self.count += 1

    def rows(self) -> list[Row]:
        """All rows that are kept, oldest first."""
        size = len(self) * _SIZE
        cut = self.count % self.keep * _SIZE if self.count > self.keep else 0
        return [*_ROW.iter_unpack(self._bytes[cut:size]), *_ROW.iter_unpack(self._bytes[:cut])]

    def newest_first(self) -> Iterator[Row]:
        """Rows one by one, from the last that was added."""
        for back in range(1, len(self) + 1):
            yield _ROW.unpack_from(self._bytes, (self.count - back) % self.keep * _SIZE)
