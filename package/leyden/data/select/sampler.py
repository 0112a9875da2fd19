"""The order of a torch sampler: `sample`."""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from operator import index as whole
from typing import ClassVar, Protocol, final, overload, runtime_checkable

import torch

from leyden.data.algebra.expression import spell
from leyden.data.pipe.order import Order
from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator
from leyden.data.pipe.step import Pipe, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, View, describe
from leyden.data.select.notes import Noted
from leyden.errors import DataError

__all__ = ["Sample", "sample"]

_USAGE = "sample(data, sampler)"


@runtime_checkable
class _Epochal(Protocol):
    """A sampler that is told the epoch, such as DistributedSampler."""

    def set_epoch(self, epoch: int) -> None: ...


@final
@dataclass(frozen=True, repr=False)
class Sample(Order):
    """The elements that a sampler names; see `sample`."""

    verb: ClassVar[str] = "sample"
    sampler: Iterable[int]
    seed: int = field(default=0, kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`; the first epoch's order is drawn, twice."""
        noted = Noted(source)
        with torch.random.fork_rng(devices=[]):  # a sampler that draws from torch's own stream must not move it
            first, again = self._drawn(noted, Moment(0)), self._drawn(noted, Moment(0))
        if first != again:
            raise DataError(
                f"{_USAGE}: {spell(self.sampler)} draws from something else than its attribute `generator` or the "
                "epoch that set_epoch tells it, so one epoch would not be the same twice; draw from one of these"
            )
        noted.facts.recall("length", lambda: len(first))
        return Pipe(noted, self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        assert isinstance(source, Noted), "the length is noted at the door"
        return source.facts.recall("length", lambda: len(self._drawn(source, Moment(0))))

    def order(self, source: Container, moment: Moment) -> list[int]:
        """See `Order.order`."""
        assert isinstance(source, Noted), "the orders are noted about the source"
        order = source.orders.recall((moment.epoch, moment.branch), lambda: self._drawn(source, moment))
        if len(order) != self.length(source):
            raise DataError(
                f"{_USAGE}: {spell(self.sampler)} names {len(order)} elements in epoch {moment.epoch} and "
                f"{self.length(source)} in epoch 0; a pipe has one length"
            )
        return order

    def _drawn(self, source: Container, moment: Moment) -> list[int]:
        sampler, count = copy(self.sampler), len(source)
        if hasattr(sampler, "generator"):
            key = (self.verb, self.seed, moment.epoch, moment.branch, place(source, self))
            vars(sampler)["generator"] = keyed_generator(*key)
        if isinstance(sampler, _Epochal):
            sampler.set_epoch(moment.epoch)
        try:
            order = [whole(index) for index in sampler]
        except TypeError as error:
            raise DataError(
                f"{_USAGE} takes a sampler that gives whole numbers; {spell(self.sampler)} gives something else. In "
                "place of a batch sampler write sample(sampler) | batch(size)"
            ) from error
        if wrong := [index for index in order if not 0 <= index < count]:
            raise DataError(
                f"{_USAGE}: {spell(self.sampler)} names element {wrong[0]}, but {describe(source)} has {count}; "
                "was it made for other data?"
            )
        return order


@overload
def sample(sampler: Iterable[int], /, *, seed: int = 0) -> Step: ...
@overload
def sample(data: Element, sampler: Iterable[int], /, *, seed: int = 0) -> View: ...
def sample(*given: Element, seed: int = 0) -> Element:
    """Take the elements that a torch sampler names, in its order.

    The sampler itself stays as it is. A copy is told the view's epoch, where it has `set_epoch` (DistributedSampler);
    and where it has a `generator` (RandomSampler, SubsetRandomSampler, WeightedRandomSampler) the copy draws from one
    that depends on the seed and the epoch alone, so that the order is the same for any number of workers.

    Args:
        given: the data, if any, then the sampler.
        seed: names the stream of draws of a sampler that has a `generator`.

    Raises:
        DataError: the sampler gives no whole numbers (a batch sampler gives lists), names elements that there are
            not, draws from anything else, or its length changes with the epoch.

    Examples:
        >>> from torch.utils.data import DistributedSampler, RandomSampler
        >>> data = range(5)
        >>> view = data | sample(RandomSampler(data))
        >>> first, second = list(view), list(view)
        >>> sorted(first) == sorted(second) == list(data), first == second
        (True, False)
        >>> list(data | sample(DistributedSampler(data, num_replicas=2, rank=1, shuffle=False)))
        [1, 3, 0]
    """
    data, (sampler,) = parted(_USAGE, given, 1)
    if not isinstance(sampler, Iterable):
        raise DataError(f"{_USAGE} takes a sampler, which can be gone through; given {spell(sampler)[:60]}")
    if isinstance(sampler, Iterator):
        kind = type(sampler).__name__
        raise DataError(f"{_USAGE}: a {kind} can be gone through once, an epoch needs it anew; write subset(sampler)")
    return applied(Sample(sampler, seed=checked_seed(seed)), data)
