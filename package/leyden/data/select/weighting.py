"""Elements drawn in proportion to weights: `weighted_sample`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, final, overload

import numpy as np
import torch

from leyden.data.pipe.order import Order, random_steps, whole_number
from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator
from leyden.data.pipe.step import Pipe, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, View, describe, given_as
from leyden.data.select.notes import Noted
from leyden.errors import DataError

__all__ = ["WeightedSample", "weighted_sample"]

_USAGE = "weighted_sample(data, weights)"


@final
@dataclass(frozen=True, repr=False)
class WeightedSample(Order):
    """Draw elements in proportion to weights; see `weighted_sample`."""

    verb: ClassVar[str] = "weighted_sample"
    weights: tuple[float, ...]
    count: int | None = field(default=None, kw_only=True)
    replacement: bool = field(default=True, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        count, positive = len(source), sum(weight > 0 for weight in self.weights)
        if culprits := random_steps(source, Order):
            raise DataError(
                f"{_USAGE} after {' and '.join(culprits)}: each epoch brings elements to other weights; put it before"
            )
        if count != len(self.weights):
            raise DataError(
                f"{_USAGE} takes one weight an element: {describe(source)} has {count}; given {len(self.weights)}"
            )
        if not self.replacement and self._count() > positive:
            raise DataError(
                f"{_USAGE}: without replacement no more elements can be drawn than have a weight above 0, here "
                f"{positive}; asked for {self._count()}"
            )
        return Pipe(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return self._count()

    def order(self, source: Container, moment: Moment) -> np.ndarray:
        """See `Order.order`."""
        assert isinstance(source, Noted), "the orders are noted about the source"
        key = (self.verb, self.seed, moment.epoch, moment.branch, place(source, self))
        draw = self._with_replacement if self.replacement else self._without_replacement
        return source.orders.recall((moment.epoch, moment.branch), lambda: draw(keyed_generator(*key)))

    def _count(self) -> int:
        return len(self.weights) if self.count is None else self.count

    def _with_replacement(self, generator: torch.Generator) -> np.ndarray:
        weights = np.array(self.weights)
        bounds = np.cumsum(weights / weights.max())
        draws = torch.rand(self._count(), generator=generator, dtype=torch.float64).numpy()
        return np.searchsorted(bounds / bounds[-1], draws, side="right")

    def _without_replacement(self, generator: torch.Generator) -> np.ndarray:
        weights = np.array(self.weights)
        positive = np.flatnonzero(weights)
        waits = torch.empty(len(positive), dtype=torch.float64).exponential_(generator=generator).numpy()
        return positive[np.argsort(waits / weights[positive], kind="stable")][: self._count()]


@overload
def weighted_sample(
    weights: Element, /, *, count: int | None = None, replacement: bool = True, seed: int = 0
) -> Step: ...
@overload
def weighted_sample(
    data: Element, weights: Element, /, *, count: int | None = None, replacement: bool = True, seed: int = 0
) -> View: ...
def weighted_sample(*given: Element, count: int | None = None, replacement: bool = True, seed: int = 0) -> Element:
    """Draw elements in proportion to weights, anew in every epoch and in random order.

    Without replacement each draw is in proportion to the weights of those not drawn yet.

    Args:
        given: the data, if any, then one weight an element: finite, none negative, not all 0; they need not sum to 1.
        count: how many are drawn an epoch; as many as there are if left out.
        replacement: whether an element may come twice in an epoch.
        seed: names the stream of draws.

    Raises:
        DataError: weights that are no such numbers or not one an element, a count below 0 or that cannot be drawn, or
            elements that change places beneath, as after `shuffle`.

    Examples:
        >>> view = weighted_sample("a b c".split(), [0, 1, 3], count=8, seed=1)
        >>> " ".join(view), " ".join(view)
        ('c c b c c b b b', 'c b c b c c c c')
        >>> sorted(range(3) | weighted_sample([5, 1, 0], count=2, replacement=False))
        [0, 1]

    Source:
        Without replacement: P. S. Efraimidis and P. G. Spirakis, Weighted random sampling with a reservoir,
        Information Processing Letters 97, 2006, algorithm A, with exponential waiting times for its powers.
    """
    data, (weights,) = parted(_USAGE, given, 1)
    number = None if count is None else whole_number(f"{_USAGE}: the count", count, at_least=0)
    checked = _checked_weights(weights)
    operation = WeightedSample(checked, count=number, replacement=replacement, seed=checked_seed(seed))
    return applied(operation, data)


def _checked_weights(weights: Element) -> tuple[float, ...]:
    if isinstance(weights, Mapping):
        raise DataError(
            f"{_USAGE} takes one weight an element, in a row; given a {type(weights).__name__}, see oversample"
        )
    try:
        values = tuple(float(value) for value in (weights.tolist() if hasattr(weights, "tolist") else weights))
    except (TypeError, ValueError) as error:
        raise DataError(f"{_USAGE}: weights are numbers in a row; given {given_as(weights)}") from error
    wrong = [f"{value} at {index}" for index, value in enumerate(values) if not 0 <= value < float("inf")]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise DataError(f"{_USAGE}: weights are finite and not negative; given {', '.join(wrong[:3])}{more}")
    if not any(values):
        raise DataError(f"{_USAGE}: at least one weight is above 0; given {len(values)} that are all 0")
    return values
