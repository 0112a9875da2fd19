"""Steps that make each element of one element beneath: `map`, `map_random`, `guard`."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import tee
from typing import ClassVar, Literal, final, overload

import torch

from leyden.data.algebra.expression import spell
from leyden.data.pipe.broken import Broken, Remainder, faults_in, named, through
from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator
from leyden.data.pipe.step import Operation, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, View, stream, take
from leyden.errors import DataError

__all__ = ["Guard", "Map", "MapRandom", "guard", "map", "map_random"]


@final
@dataclass(frozen=True, repr=False)
class Map(Operation):
    """Apply a function to every element; see `map`."""

    verb: ClassVar[str] = "map"
    function: Callable[[Element], Element]

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return through(self.function, take(source, index, moment))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        return (through(self.function, element) for element in stream(source, indices, moment))


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
        return self._applied(index, moment, take(source, index, moment), place(source, self))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        here, beneath = tee(indices)
        elements, height = stream(source, beneath, moment), place(source, self)
        return (self._applied(index, moment, element, height) for index, element in zip(here, elements, strict=False))

    def _applied(self, index: int, moment: Moment, element: Element, height: int) -> Element:
        generator = keyed_generator(self.verb, self.seed, moment.epoch, moment.branch, index, height)
        return through(partial(self.function, generator), element)


@final
@dataclass(frozen=True, repr=False)
class Guard(Operation):
    """Put a `Broken` where an element cannot be made; see `guard`."""

    verb: ClassVar[str] = "guard"
    instead: Literal["nothing", "next"] = field(default="nothing", kw_only=True)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        try:
            return take(source, index, moment)
        except Exception as error:  # whatever a reader raises on a damaged file
            return self._instead_of(self._broken(index, error, source, moment), source, moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`; a stream that an error has ended is begun anew after the broken element."""
        coming, asked = iter(indices), deque[int]()
        while True:
            again, asked = asked, deque[int]()
            elements = stream(source, _noted(again, coming, asked), moment)
            try:
                for element in elements:
                    asked.popleft()
                    yield element
            except Exception as error:
                if not asked:
                    raise  # not in the making of an element
                yield self._instead_of(self._broken(asked.popleft(), error, source, moment), source, moment)
                asked.extend(again)
            else:
                return

    def _broken(self, index: int, error: Exception, source: Container, moment: Moment) -> Broken:
        return Broken(index, named(error), origin=(*moment.branch, place(source, self)))

    def _instead_of(self, broken: Broken, source: Container, moment: Moment) -> Element:
        count = len(source) if self.instead == "next" else 0
        for step in range(1, count):
            try:
                found = take(source, (broken.index + step) % count, moment)
            except Exception:  # reported in its own turn
                continue
            if type(found) is not Broken:
                return Remainder(found.element if type(found) is Remainder else found, (broken, *faults_in((found,))))
        return broken


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
def guard(*, instead: Literal["nothing", "next"] = "nothing") -> Step: ...
@overload
def guard(data: Element, /, *, instead: Literal["nothing", "next"] = "nothing") -> View: ...
def guard(*given: Element, instead: Literal["nothing", "next"] = "nothing") -> Element:
    """Go on where an element cannot be made, and report it, instead of ending the loop with its error.

    What raises beneath becomes a `Broken` in its place. Steps above pass it over, `batch` leaves it out, and a loop
    does not hand it out: it is in the `faults` of the view that is looped over, and one warning at the end of the epoch
    names how many there are. The length stays, and so do the draws of all other elements. Reading a broken element by
    its index raises. An error above `guard` ends the loop as ever, so put it right after what may fail.

    A batch of nothing but broken elements is missing altogether. Lightning counts batches: after an epoch that misses
    one it does not validate. Where batches are so small that this may happen, hand out something instead.

    Args:
        given: the data, if any.
        instead: what comes in place of a broken element: nothing, or the next element after it that is sound.

    Raises:
        DataError: `instead` is neither of the two.

    Examples:
        >>> import leyden as ly
        >>> pipe = [2.0, 0.0, 4.0, 5.0] | ly.data.map(lambda x: 1 / x) | guard()
        >>> loop = iter(pipe)
        >>> next(loop), next(loop), pipe.faults
        (0.5, 0.25, (Broken(index=1, problem='ZeroDivisionError: float division by zero', inside=()),))
    """
    data, _ = parted("guard(data)", given, 0)
    if instead not in ("nothing", "next"):
        raise DataError(f"guard(instead=...) takes 'nothing' or 'next'; given {instead!r}")
    return applied(Guard(instead=instead), data)


def _noted(again: deque[int], coming: Iterator[int], asked: deque[int]) -> Iterator[int]:
    while again:
        asked.append(again.popleft())
        yield asked[-1]
    for index in coming:
        asked.append(index)
        yield index


def _callable(usage: str, function: Element) -> Callable[..., Element]:
    if not callable(function):
        raise DataError(f"{usage}: the function must be callable; given {spell(function)[:60]}")
    return function
