"""Every class as often as every other: `oversample`, `undersample`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, final, overload

import numpy as np
import torch

from leyden.data.pipe.order import Order
from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator
from leyden.data.pipe.step import Pipe, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, View
from leyden.data.select.key import By, admitted, checked_by, members
from leyden.data.select.notes import Noted

__all__ = ["Oversample", "Undersample", "oversample", "undersample"]


@final
@dataclass(frozen=True, repr=False)
class Oversample(Order):
    """Repeat elements of the smaller classes; see `oversample`."""

    verb: ClassVar[str] = "oversample"
    by: By
    seed: int = field(default=0, kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        admitted(self.verb, source, self.by)
        return Pipe(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return _balanced_length(self, source, max)

    def order(self, source: Container, moment: Moment) -> np.ndarray:
        """See `Order.order`."""
        return _balanced(self, source, moment, max)


@final
@dataclass(frozen=True, repr=False)
class Undersample(Order):
    """Leave out elements of the larger classes; see `undersample`."""

    verb: ClassVar[str] = "undersample"
    by: By
    seed: int = field(default=0, kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        admitted(self.verb, source, self.by)
        return Pipe(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return _balanced_length(self, source, min)

    def order(self, source: Container, moment: Moment) -> np.ndarray:
        """See `Order.order`."""
        return _balanced(self, source, moment, min)


_Choice = Callable[[Sequence[int]], int]


def _balanced_length(operation: Oversample | Undersample, source: Container, size_of: _Choice) -> int:
    _, groups = members(operation.verb, source, operation.by)
    return len(groups) * size_of([len(group) for group in groups]) if groups else 0


def _balanced(operation: Oversample | Undersample, source: Container, moment: Moment, size_of: _Choice) -> np.ndarray:
    """The same number of every class, each element as often as any of its class to within one, in the data's order."""
    assert isinstance(source, Noted), "the classes are noted about the source"

    def draw() -> np.ndarray:
        _, groups = members(operation.verb, source, operation.by)
        if not groups:
            return np.array([], dtype=np.int64)
        size = size_of([len(group) for group in groups])
        key = (operation.verb, operation.seed, moment.epoch, moment.branch, place(source, operation))
        generator = keyed_generator(*key)
        parts = []
        for group in groups:
            extra = torch.randperm(len(group), generator=generator)[: size % len(group)].numpy()
            parts += [np.tile(group, size // len(group)), group[extra]]
        return np.sort(np.concatenate(parts))

    return source.orders.recall((moment.epoch, moment.branch), draw)


@overload
def oversample(by: Element, /, *, seed: int = 0) -> Step: ...
@overload
def oversample(data: Element, by: Element, /, *, seed: int = 0) -> View: ...
def oversample(*given: Element, seed: int = 0) -> Element:
    """Repeat elements of the smaller classes until every class is as frequent as the largest.

    Every element comes at least once, and as often as any other of its class to within one; which ones come once more
    is drawn anew in every epoch. Elements keep the order of the data, equal ones together: shuffle after it. Random
    steps before it draw alike for the copies of an element; those after it draw anew for each.

    Args:
        given: the data, if any, then the classes: one label an element, or, which reads every element once at the
            first asking, a function of the element or the name (or number) of its field.
        seed: names the stream of draws.

    Raises:
        DataError: as `group` does, or the seed is no whole number.

    Examples:
        >>> list(oversample("a b c".split(), [0, 1, 1]))
        ['a', 'a', 'b', 'c']
    """
    data, (by,) = parted("oversample(data, labels)", given, 1)
    return applied(Oversample(checked_by("oversample", by), seed=checked_seed(seed)), data)


@overload
def undersample(by: Element, /, *, seed: int = 0) -> Step: ...
@overload
def undersample(data: Element, by: Element, /, *, seed: int = 0) -> View: ...
def undersample(*given: Element, seed: int = 0) -> Element:
    """Leave out elements of the larger classes until every class is as rare as the smallest.

    Which ones come is drawn anew in every epoch, none twice in one. Elements keep the order of the data.

    Args:
        given: the data, if any, then the classes, as `oversample` takes them.
        seed: names the stream of draws.

    Raises:
        DataError: as `group` does, or the seed is no whole number.

    Examples:
        >>> rare = undersample("a b c".split(), [0, 1, 1])
        >>> [list(rare) for _ in range(3)]
        [['a', 'c'], ['a', 'b'], ['a', 'c']]
    """
    data, (by,) = parted("undersample(data, labels)", given, 1)
    return applied(Undersample(checked_by("undersample", by), seed=checked_seed(seed)), data)
