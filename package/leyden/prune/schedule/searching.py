"""Prune for as long as the model bears it, and keep the last model that did.

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

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeAlias, TypeVar

from torch import nn

from leyden.errors import PruneError, SearchError
from leyden.prune.pruning import masks, prune, remask
from leyden.prune.schedule.asking import At, methods_for
from leyden.prune.schedule.levels import check_levels
from leyden.prune.selection import Selector
from leyden.prune.subject import Method, Rule

__all__ = ["Search", "Status", "Trial", "Way", "prune_until"]

_Model = TypeVar("_Model", bound=nn.Module)

Status: TypeAlias = Literal["running", "finished", "below floor", "interrupted", "failed"]
"""How far a search is: at work, through with all levels, ended by a low score, by Ctrl-C, or by an error."""

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
        tune: trains the pruned model that it is given, in place or as a copy that it gives back. What it gives is taken
            to be of the level as it is: with its masks, or zeros may have filled up.
        score: how good a model is; higher is better, and NaN is below any floor.
        floor: the lowest score that is good enough.
        where: as for `prune`.
        way: "climb" starts each level from the last good model and ends at the first bad one. "bisect" starts each from
            `model` and halves the levels, so that ten of them take four trials; it relies on scores that fall.
        listener: told of the search after each trial, as to keep its model in a file.

    Returns:
        The last good model, what was tried, and how it ended; after Ctrl-C too.

    Raises:
        PruneError: if the levels, the way, the floor or one of the functions are none.
        SearchError: if a trial failed or the listener did, with its level and cause; its `.search` holds the last good
            model.
    """
    functions = {"tune": tune, "score": score} | ({} if listener is None else {"listener": listener})
    _check(way, floor, functions)
    shares = check_levels(levels)
    pairs = tuple(zip(shares, methods_for(at, shares), strict=True))
    return _Trials(model, pairs, tune, score, where, way).search(floor, listener)


@dataclass(frozen=True)
class _Trials(Generic[_Model]):
    """All that could be tried."""

    model: _Model
    methods: tuple[tuple[float, Method | Rule], ...]
    tune: Callable[[_Model], _Model | None]
    score: Callable[[_Model], float]
    where: Selector | None
    way: Way

    def search(self, floor: float, listener: Callable[[Search[_Model]], object] | None) -> Search[_Model]:
        search: Search[_Model] = Search(remask(self.model, masks(self.model)), 0.0, (), "running")
        low, high = -1, len(self.methods)  # good, and bad, as far as is known
        try:
            while high - low > 1:
                index = low + 1 if self.way == "climb" else (low + high) // 2
                level = self.methods[index][0]
                tried, found = self._try(search.model if self.way == "climb" else self.model, index)
                search = replace(search, steps=(*search.steps, Trial(level, found)))
                if found >= floor:
                    low, search = index, replace(search, model=tried, sparsity=level)
                else:
                    high = index
                if listener is not None:
                    _tell(listener, search)
        except SearchError as error:
            error.search = replace(search, status="failed")
            raise
        except (KeyboardInterrupt, SystemExit):  # Lightning makes the one into the other
            return replace(search, status="interrupted")
        return replace(search, status="finished" if high == len(self.methods) else "below floor")

    def _try(self, model: _Model, index: int) -> tuple[_Model, float]:
        level, method = self.methods[index]
        doing = "pruning"
        try:
            pruned = prune(model, method, where=self.where)
            doing = "tune"
            tuned = _trained(pruned, self.tune(pruned))
            doing = "score"
            return tuned, float(self.score(tuned))
        except Exception as error:
            raise _failed(doing, level, error) from error


def _trained(pruned: _Model, tuned: _Model | None) -> _Model:
    if tuned is None:
        return pruned
    if not isinstance(tuned, nn.Module):
        raise PruneError(f"it trains its model in place or gives a model; it gave {type(tuned).__name__}")
    return tuned


def _tell(listener: Callable[[Search[_Model]], object], search: Search[_Model]) -> None:
    try:
        listener(search)
    except Exception as error:
        raise _failed("listener", search.steps[-1].sparsity, error) from error


def _failed(doing: str, level: float, error: Exception) -> SearchError:
    kept = "; error.search.model is the last good one"
    return SearchError(f"{doing} failed at sparsity {level:.4g}: {error}{kept}")


def _check(way: str, floor: float, functions: Mapping[str, object]) -> None:
    faults = [f"{name} is a function; {given!r} was given" for name, given in functions.items() if not callable(given)]
    if way not in ("climb", "bisect"):
        faults.append(f'way is "climb" or "bisect"; {way!r} was given')
    if isinstance(floor, bool) or not isinstance(floor, numbers.Real) or math.isnan(floor):
        faults.append(f"floor is a number; {floor!r} was given")
    if faults:
        raise PruneError("; ".join(faults))
