"""Prune for as long as the model bears it, and keep the last model that did."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeAlias, TypeVar

from torch import nn

from leyden.errors import PruneError
from leyden.prune.pruning import masks, prune, remask
from leyden.prune.schedule.asking import At, methods_for
from leyden.prune.schedule.levels import check_levels
from leyden.prune.selection import Selector
from leyden.prune.subject import Method, Rule

__all__ = ["Search", "Status", "Trial", "Way", "prune_until"]

_Model = TypeVar("_Model", bound=nn.Module)

Status: TypeAlias = Literal["running", "finished", "below floor", "interrupted"]
"""How far a search is: at work, through with all levels, ended by a low score, or by Ctrl-C."""

Way: TypeAlias = Literal["climb", "bisect"]
"""One level after the other, each from the model of the one before; or by halves, each from the model given."""


@dataclass(frozen=True)
class Trial:
    """One level that was tried: the sparsity asked for, and the score after tuning."""

    sparsity: float
    score: float


@dataclass(frozen=True, repr=False)
class Search(Generic[_Model]):
    """A search, as far as it has come.

    Args:
        model: the last good one, a copy; that of the model that was given where no level was good.
        sparsity: its level; 0 where no level was good.
        steps: what was tried, in order.
        status: how it ended.
    """

    model: _Model
    sparsity: float
    steps: tuple[Trial, ...]
    status: Status

    def __repr__(self) -> str:
        tried = ", ".join(f"{step.sparsity:.4g}: {step.score:.4g}" for step in self.steps)
        return f"Search({self.status} at {self.sparsity:.4g}; tried {tried or 'nothing'})"


@dataclass(frozen=True)
class _Judge(Generic[_Model]):
    """Makes a model of a level, and says how good it is."""

    tune: Callable[[_Model], _Model | None]
    score: Callable[[_Model], float]
    where: Selector | None

    def __call__(self, model: _Model, method: Method | Rule, *, level: float) -> tuple[_Model, float]:
        doing = "pruning"
        try:
            pruned = prune(model, method, where=self.where)
            doing = "tune"
            tuned = self.tune(pruned)
            pruned = _trained(pruned, tuned)
            doing = "score"
            return pruned, float(self.score(pruned))
        except Exception as error:
            raise PruneError(f"{doing} failed at sparsity {level:.4g}: {error}") from error


def prune_until(
    model: _Model,
    at: At,
    *,
    levels: Sequence[float],
    tune: Callable[[_Model], _Model | None],
    score: Callable[[_Model], float],
    floor: float,
    where: Selector | None = None,
    way: Way = "climb",
    listener: Callable[[Search[_Model]], object] | None = None,
) -> Search[_Model]:
    """Prune to one level after the other and train again, as long as the score does not fall below a floor.

    Args:
        model: left as it is.
        at: gives the method for a level.
        levels: rising shares, as `gradual` or `geometric` gives them.
        tune: trains the pruned model that it is given, in place or as a copy that it gives back.
        score: how good a model is; higher is better, and NaN is below any floor.
        floor: the lowest score that is good enough.
        where: as for `prune`.
        way: "climb" starts each level from the last good model and ends at the first bad one. "bisect" starts each from
            `model` and halves the levels, so that ten of them take four trials; it relies on scores that fall.
        listener: told of the search after each trial, as to keep its model in a file: an error of a later trial ends
            the search without a result.

    Returns:
        The last good model, what was tried, and how it ended; after Ctrl-C too.

    Raises:
        PruneError: if the levels, the way or the floor are none, or a trial failed, with its level and cause.

    Examples:
        >>> from leyden.prune import Magnitude
        >>> search = prune_until(
        ...     nn.Linear(10, 10),
        ...     Magnitude,
        ...     levels=(0.5, 0.7, 0.9),
        ...     tune=lambda sparse: None,
        ...     score=lambda sparse: float(sparse.weight.count_nonzero()),
        ...     floor=20,
        ... )
        >>> search
        Search(below floor at 0.7; tried 0.5: 50, 0.7: 30, 0.9: 10)

    Source:
        Han, Pool, Tran and Dally, Learning both weights and connections for efficient neural networks, NeurIPS 2015,
        section 3.4: prune and train again, several times over.
    """
    shares = check_levels(levels)
    _check(way, floor)
    methods = methods_for(at, shares)
    judge = _Judge(tune, score, where)
    search: Search[_Model] = Search(remask(model, masks(model)), 0.0, (), "running")
    low, high = -1, len(shares)
    try:
        while high - low > 1:
            index = low + 1 if way == "climb" else (low + high) // 2
            tried, found = judge(search.model if way == "climb" else model, methods[index], level=shares[index])
            good = found >= floor
            low, high = (index, high) if good else (low, index)
            search = replace(search, steps=(*search.steps, Trial(shares[index], found)))
            if good:
                search = replace(search, model=tried, sparsity=shares[index])
            if listener is not None:
                listener(search)
    except (KeyboardInterrupt, SystemExit):  # Lightning makes the one into the other
        return replace(search, status="interrupted")
    return replace(search, status="finished" if low == len(shares) - 1 else "below floor")


def _trained(pruned: _Model, tuned: _Model | None) -> _Model:
    if tuned is None:
        return pruned
    if not isinstance(tuned, nn.Module):
        raise PruneError(f"it trains its model in place or gives a model; it gave {type(tuned).__name__}")
    return tuned


def _check(way: str, floor: float) -> None:
    faults = []
    if way not in ("climb", "bisect"):
        faults.append(f'way is "climb" or "bisect"; {way!r} was given')
    if isinstance(floor, bool) or not isinstance(floor, int | float) or math.isnan(floor):
        faults.append(f"floor is a number; {floor!r} was given")
    if faults:
        raise PruneError("; ".join(faults))
