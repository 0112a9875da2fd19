"""Steps that make each element of one element beneath: `map`, `map_random`, `cache`."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import tee
from typing import ClassVar, final, overload

import torch

from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted, place, spell
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.errors import DataError

__all__ = ["Cache", "Map", "MapRandom", "cache", "map", "map_random"]


@final
@dataclass(frozen=True, repr=False)
class Map(Operation):
    """Apply a function to every element; see `map`."""

    verb: ClassVar[str] = "map"
    function: Callable[[Element], Element]

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return self.function(take(source, index, moment))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        return (self.function(element) for element in stream(source, indices, moment))


@final
@dataclass(frozen=True, repr=False)
class MapRandom(Operation):
    """Apply a function that draws to every element; see `map_random`."""

    verb: ClassVar[str] = "map_random"
    random: ClassVar[bool] = True
    function: Callable[[torch.Generator, Element], Element]
    seed: int = field(kw_only=True)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return self._applied(source, index, moment, take(source, index, moment))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        here, beneath = tee(indices)
        elements = stream(source, beneath, moment)
        return (self._applied(source, index, moment, next(elements)) for index in here)

    def _applied(self, source: Container, index: int, moment: Moment, element: Element) -> Element:
        key = (self.verb, self.seed, moment.epoch, moment.branch, index, place(source, self))
        return self.function(keyed_generator(*key), element)


@final
@dataclass(frozen=True, repr=False)
class Cache(Operation):
    """Keep every element in memory once it was made; see `cache`."""

    verb: ClassVar[str] = "cache"

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        if culprits := _random_steps(source):
            raise DataError(
                f"cache() after {' and '.join(culprits)} would freeze the first epoch's draws; put cache() before the "
                "random steps"
            )
        return Pipe(_Memory(source), self)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, index, moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        return stream(source, indices, moment)


@final
class _Memory(View):
    """A container whose elements are read at most once; prints as the container."""

    def __init__(self, source: Container) -> None:
        super().__init__()
        self._source: Container = source
        self._kept: dict[int, Element] = {}

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """See `View.at`."""
        if index not in self._kept:
            # two threads may both read the element, but both hand out the one that was kept first
            self._kept.setdefault(index, take(self._source, index, moment))
        return self._kept[index]

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `View.stream`; what is missing is streamed, so that a `parallel` beneath still reads ahead."""
        planned: deque[tuple[int, bool]] = deque()
        for element in stream(self._source, self._missing(indices, planned), moment):
            new = False
            while not new:
                index, new = planned.popleft()
                if new:
                    self._kept.setdefault(index, element)
                yield self._kept[index]
        for index, _ in planned:
            yield self._kept[index]

    def _missing(self, indices: Iterable[int], planned: deque[tuple[int, bool]]) -> Iterator[int]:
        """The indices that must be read; those met on the way are noted in `planned`."""
        for index in indices:
            missing = index not in self._kept
            planned.append((index, missing))
            if missing:
                yield index

    @property
    def sources(self) -> tuple[Container, ...]:
        """See `View.sources`."""
        return (self._source,)

    def __repr__(self) -> str:
        return describe(self._source)


@overload
def map(function: Callable[[Element], Element], /) -> Step: ...
@overload
def map(data: Element, function: Callable[[Element], Element], /) -> View: ...
def map(*given: Element) -> Element:
    """Apply a function to every element, when it is asked for.

    `map(function)` is a step, `map(data, function)` the view. The function gets the element as it is: of `(image,
    label)` the pair. It is called anew for every epoch and every reading, maybe on another thread: what draws belongs
    into `map_random`.

    Args:
        given: the data, if any, then the function.

    Raises:
        DataError: the function cannot be called.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.map([1, -2], abs)), [1, -2] | ly.data.map(abs)
        ([1, 2], list[2] | map(abs))
    """
    data, (function,) = parted("map(data, function)", given, 1)
    return applied(Map(_callable("map(data, function)", function)), data)


@overload
def map_random(function: Callable[[torch.Generator, Element], Element], /, *, seed: int = 0) -> Step: ...
@overload
def map_random(data: Element, function: Callable[[torch.Generator, Element], Element], /, *, seed: int = 0) -> View: ...
def map_random(*given: Element, seed: int = 0) -> Element:
    """Apply a function that draws to every element: `function(generator, element)`.

    The generator depends on the seed, the epoch, the element's index and how many `map_random` lie beneath, and on
    nothing else: every reading of an element in one epoch gives the same, in any order, with any number of workers.

    Args:
        given: the data, if any, then the function; a transform of `leyden.augment` is one.
        seed: names the stream of draws.

    Raises:
        DataError: the function cannot be called, or the seed is no whole number.

    Examples:
        >>> import leyden as ly
        >>> jitter = ly.data.map_random(lambda generator, x: x + torch.rand((), generator=generator), seed=1)
        >>> one, other = [0.0, 0.0] | jitter, ly.data.parallel([0.0, 0.0] | jitter, 2)
        >>> list(one) == list(other), list(one) == list(other), one[0] == one[1]
        (True, True, tensor(False))
        >>> one
        list[2] | map_random(lambda, seed=1)
    """
    data, (function,) = parted("map_random(data, function, seed=0)", given, 1)
    return applied(MapRandom(_callable("map_random(data, function)", function), seed=checked_seed(seed)), data)


@overload
def cache() -> Step: ...
@overload
def cache(data: Element, /) -> View: ...
def cache(*given: Element) -> Element:
    """Keep every element in memory once it was made, and hand out the same object ever after.

    Each view made by `cache` has a memory of its own. Elements are not copied: a later step must not change them in
    place.

    Args:
        given: the data, if any.

    Raises:
        DataError: there are random steps beneath, whose first draws would be frozen.

    Examples:
        >>> import leyden as ly
        >>> view = ly.data.cache(ly.data.map([3, 4], lambda x: [x]))
        >>> view[0] is view[0], view
        (True, list[2] | map(lambda) | cache())
    """
    data, _ = parted("cache(data)", given, 0)
    return applied(Cache(), data)


def _callable(usage: str, function: Element) -> Callable[..., Element]:
    if not callable(function):
        raise DataError(f"{usage}: the function must be callable; given {spell(function)[:60]}")
    return function


def _random_steps(source: Container) -> list[str]:
    if not isinstance(source, View):
        return []
    here = [repr(source.operation)] if isinstance(source, Pipe) and source.operation.random else []
    return [word for part in source.sources for word in _random_steps(part)] + here
