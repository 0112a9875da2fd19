"""Leaving out the elements that do not meet a condition: `filter`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, final, overload

import numpy as np

from leyden.data.algebra.expression import spell
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, stream, take
from leyden.data.select.key import admitted
from leyden.data.select.notes import Noted, found
from leyden.errors import DataError

__all__ = ["Filter", "filter"]

_USAGE = "filter(data, function)"


@final
@dataclass(frozen=True, repr=False)
class Filter(Operation):
    """Keep the elements of which a function is true; see `filter`."""

    verb: ClassVar[str] = "filter"
    function: Callable[[Element], Element]

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        admitted(_USAGE, source, self.function)
        return Pipe(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(self._passing(source))

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, int(self._passing(source)[index]), moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        passing = self._passing(source)
        return stream(source, (int(passing[index]) for index in indices), moment)

    def _passing(self, source: Container) -> np.ndarray:
        assert isinstance(source, Noted), "a filter notes about its source what passes"
        return source.facts.recall("passing", lambda: np.flatnonzero(self._judged(source)))

    def _judged(self, source: Container) -> list[bool]:
        return found(_USAGE, source, lambda element: bool(self.function(element)), of_broken=True)


@overload
def filter(function: Callable[[Element], Element], /) -> Step: ...
@overload
def filter(data: Element, function: Callable[[Element], Element], /) -> View: ...
def filter(*given: Element) -> Element:
    """Keep the elements of which a function is true, in their order.

    Nothing is read until the view's length or an element is asked for. Then every element is read once, one at a
    time, and what passes is kept for good: a number an element, no elements. To read them no second time put
    `cache()` before. What `guard` found broken stays, for the loop to report it. Where the labels are at hand,
    `subset(numpy.flatnonzero(mask))` does the same and reads nothing.

    Args:
        given: the data, if any, then the function, which gets an element.

    Raises:
        DataError: the function cannot be called, or there are random steps beneath, with which the length would
            change from epoch to epoch; and, when read, an element that cannot be read or judged, named by its index.

    Examples:
        >>> list(range(6) | filter(lambda x: x % 3 == 0)), filter([3, None, 5], bool)
        ([0, 3], list[3] | filter(bool))
    """
    data, (function,) = parted(_USAGE, given, 1)
    if not callable(function):
        raise DataError(f"{_USAGE}: the function must be callable; given {spell(function)[:60]}")
    return applied(Filter(function), data)
