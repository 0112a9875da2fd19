"""Steps that choose and order elements: `shuffle`, `subset`, `concatenate`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import tee
from operator import index as whole
from typing import ClassVar, final, overload

import numpy as np

from leyden.data.pipe.seed import Moment, checked_seed, permutation
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.errors import DataError

__all__ = ["Concatenation", "Shuffle", "Subset", "concatenate", "shuffle", "subset"]


@final
@dataclass(frozen=True, repr=False)
class Shuffle(Operation):
    """Another random order in every epoch; see `shuffle`."""

    verb: ClassVar[str] = "shuffle"
    random: ClassVar[bool] = True
    seed: int = field(kw_only=True)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, int(self._order(source, moment)[index]), moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        order = self._order(source, moment)
        return stream(source, (int(order[index]) for index in indices), moment)

    def _order(self, source: Container, moment: Moment) -> np.ndarray:
        return permutation(len(source), self.seed, moment.epoch, moment.branch, place(source, self))


@final
@dataclass(frozen=True, repr=False)
class Subset(Operation):
    """The elements at chosen indices; see `subset`."""

    verb: ClassVar[str] = "subset"
    indices: tuple[int, ...] | range

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        count = len(source)
        wrong = [index for index in self.indices if not -count <= index < count]
        if wrong:
            more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
            named = ", ".join(str(index) for index in wrong[:5])
            raise DataError(f"subset: no element {named}{more} in {describe(source)}, which has {count}")
        return super().on(source)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(self.indices)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, self.indices[index] % len(source), moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        count = len(source)
        return stream(source, (self.indices[index] % count for index in indices), moment)


@final
class Concatenation(View):
    """The elements of several containers one after the other; see `concatenate`."""

    def __init__(self, parts: tuple[Container, ...]) -> None:
        super().__init__()
        self._parts = parts

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        part, local = self._located(index)
        return take(self._parts[part], local, moment.within(part))

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`; each part has one stream of its own."""
        located = tee((self._located(index) for index in indices), len(self._parts) + 1)
        streams = [
            stream(container, _of_part(part, copy), moment.within(part))
            for part, (container, copy) in enumerate(zip(self._parts, located[1:], strict=True))
        ]
        return (next(streams[part]) for part, _ in located[0])

    @property
    def sources(self) -> tuple[Container, ...]:
        """The parts."""
        return self._parts

    def _located(self, index: int) -> tuple[int, int]:
        for number, part in enumerate(self._parts):
            if index < len(part):
                return number, index
            index -= len(part)
        raise IndexError(f"index lies {index + 1} beyond the last part of {self!r}")

    def __repr__(self) -> str:
        return f"concatenate({', '.join(describe(part) for part in self._parts)})"


def _of_part(part: int, located: Iterable[tuple[int, int]]) -> Iterator[int]:
    return (local for number, local in located if number == part)


@overload
def shuffle(*, seed: int = 0) -> Step: ...
@overload
def shuffle(data: Element, /, *, seed: int = 0) -> View: ...
def shuffle(*given: Element, seed: int = 0) -> Element:
    """Put the elements into another random order in every epoch.

    The order depends on the seed, the epoch and the number of elements, so views of one length shuffle alike. Before
    `batch` it mixes elements; after `batch` it mixes whole batches and leaves alone what lies together in one.

    Args:
        given: the data, if any.
        seed: names the row of orders.

    Raises:
        DataError: the data are no container, or the seed is no whole number.

    Examples:
        >>> import leyden as ly
        >>> view = range(5) | ly.data.shuffle(seed=0)
        >>> first, second = list(view), list(view)
        >>> sorted(first) == sorted(second) == [0, 1, 2, 3, 4], first == second, view
        (True, False, range(0, 5) | shuffle(seed=0))
    """
    data, _ = parted("shuffle(data, seed=0)", given, 0)
    return applied(Shuffle(seed=checked_seed(seed)), data)


@overload
def subset(indices: Iterable[int], /) -> Step: ...
@overload
def subset(data: Element, indices: Iterable[int], /) -> View: ...
def subset(*given: Element) -> Element:
    """The elements at chosen indices, in that order; an index may come twice, and negative ones count from the end.

    Args:
        given: the data, if any, then the indices (any whole numbers in a row: list, range, array, tensor).

    Raises:
        DataError: indices that are no whole numbers, or lie outside the data; all are named.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.subset("a b c".split(), [-1, 0, 0]))
        ['c', 'a', 'a']
    """
    data, (indices,) = parted("subset(data, indices)", given, 1)
    return applied(Subset(_whole_numbers(indices)), data)


def concatenate(*data: Element) -> View:
    """The elements of several containers one after the other.

    Random steps inside the parts draw differently for each part, even with equal seeds.

    Args:
        data: containers, at least one.

    Raises:
        DataError: there is none, or one is no container.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.concatenate([1, 2], range(3)))
        [1, 2, 0, 1, 2]
    """
    if not data:
        raise DataError("concatenate needs at least one container; given none")
    return Concatenation(tuple(as_container(part) for part in data))


def _whole_numbers(indices: Element) -> tuple[int, ...] | range:
    if isinstance(indices, range):
        return indices
    try:
        values = indices.tolist() if hasattr(indices, "tolist") else list(indices)
        if any(isinstance(value, bool) for value in values):
            raise DataError("subset takes indices, not a mask; for a mask write subset(numpy.flatnonzero(mask))")
        return tuple(whole(value) for value in values)
    except TypeError as error:
        raise DataError(f"subset takes whole numbers in a row; given {str(indices)[:60]!r}") from error
