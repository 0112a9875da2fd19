"""What every source shares: indices, slices, and how it prints."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from copy import copy
from operator import index as whole
from typing import TypeVar, overload

from leyden.data.pipe.step import spell
from leyden.data.pipe.view import Element, sliced

__all__ = ["Source"]

_Own = TypeVar("_Own", bound="Source")


class Source(ABC):
    """A container that reads each element from disk when it is asked for.

    To add one: `count`, `at` and `expression`. Negative indices count from the end; a slice is a source of
    the same kind. It can be pickled, and read on many threads and processes at once.
    """

    _rows: Sequence[int] | None = None

    @abstractmethod
    def count(self) -> int:
        """How many elements there are on disk; a slice may show fewer."""

    @abstractmethod
    def at(self, place: int) -> Element:
        """Read the element at a place on disk, from 0 to `count() - 1`."""

    @abstractmethod
    def expression(self) -> str:
        """The call that makes it, on one line."""

    @property
    def rows(self) -> Sequence[int]:
        """The places on disk of its elements."""
        return range(self.count()) if self._rows is None else self._rows

    def chosen(self: _Own, rows: Sequence[int]) -> _Own:
        """The same source, of which only some places on disk are shown, in the order given."""
        part = copy(self)
        part._rows = rows
        return part

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Element: ...
    @overload
    def __getitem__(self: _Own, index: slice) -> _Own: ...
    def __getitem__(self, index: int | slice) -> Element:
        rows = self.rows
        if isinstance(index, slice):
            return self.chosen(rows[index])
        place = whole(index)
        if not -len(rows) <= place < len(rows):
            raise IndexError(f"index {place} lies outside {self!r}, which has {len(rows)} elements")
        return self.at(rows[place])

    def __iter__(self) -> Iterator[Element]:
        return (self.at(row) for row in self.rows)

    def __repr__(self) -> str:
        rows = self._rows
        if rows is None:
            return self.expression()
        if not isinstance(rows, range):
            return f"{self.expression()} | subset({spell(list(rows))})"
        return f"{self.expression()}{sliced(rows)}"
