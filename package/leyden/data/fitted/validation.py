"""One measurement for every fold of the data: `crossvalidate`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from numbers import Real
from typing import Any, TypeAlias, final

from torch import Tensor

from leyden.data.fitted.lesson import Unfitted
from leyden.data.part.partition import kfolds
from leyden.data.pipe.broken import named
from leyden.data.pipe.step import Step
from leyden.data.pipe.view import Container, Element
from leyden.errors import DataError

__all__ = ["CrossValidation", "Measure", "crossvalidate"]

Measure: TypeAlias = Callable[[Container, Container], float | Mapping[str, float]]
"""Trains on the first container, and says how well that does on the second: one number, or several by name."""


@final
@dataclass(frozen=True, repr=False)
class CrossValidation:
    """What was measured fold by fold; printed, a table.

    Args:
        folds: the measured values of every fold by name; one number is named "score".
    """

    folds: tuple[Mapping[str, float], ...]

    @property
    def mean(self) -> dict[str, float]:
        """The mean over the folds."""
        return {name: sum(values) / len(values) for name, values in self._columns().items()}

    @property
    def deviation(self) -> dict[str, float]:
        """The standard deviation from fold to fold (over their number less one)."""
        mean, columns = self.mean, self._columns()
        return {
            name: sqrt(sum((value - mean[name]) ** 2 for value in values) / (len(values) - 1))
            for name, values in columns.items()
        }

    def _columns(self) -> dict[str, list[float]]:
        return {name: [fold[name] for fold in self.folds] for name in self.folds[0]}

    def __repr__(self) -> str:
        deviation = self.deviation
        words = [f"{name}={mean:.4g} +- {deviation[name]:.2g}" for name, mean in self.mean.items()]
        return f"CrossValidation({', '.join(words)}, folds={len(self.folds)})"

    def __str__(self) -> str:
        names = list(self.folds[0])
        figures = [(str(number), fold) for number, fold in enumerate(self.folds, 1)]
        figures += [("mean", self.mean), ("deviation", self.deviation)]
        lines = [["fold", *names], *([word, *(f"{values[name]:.4g}" for name in names)] for word, values in figures)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(names) + 1)]
        return "\n".join(
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines
        )


def crossvalidate(
    data: Element,
    measure: Measure,
    *,
    k: int = 5,
    steps: Unfitted | Step | None = None,
    seed: int | None = 0,
    stratify: Element | None = None,
    groups: Element | None = None,
    folds: Iterable[tuple[Element, Element]] | None = None,
) -> CrossValidation:
    """Measure once for every fold, with all that is learned from the data learned from its training part alone.

    Args:
        data: a container of single elements.
        measure: called as `measure(train, validation)` with two containers.
        k: how many folds, see `kfolds`.
        steps: put on both parts; what must learn is fitted on the training part of each fold, anew.
        seed: as `stratify` and `groups` see `kfolds`.
        stratify: one label an element.
        groups: one label an element.
        folds: two or more pairs of training and validation part, in place of those that `kfolds` makes.

    Raises:
        DataError: fewer than two folds; or one failed or measured other things than the first, which is named.

    Examples:
        >>> crossvalidate([1.0, 2.0, 3.0, 5.0], lambda _, validation: max(validation), k=2, seed=None)
        CrossValidation(score=4 +- 1.4, folds=2)
    """
    pairs = kfolds(data, k, seed=seed, stratify=stratify, groups=groups) if folds is None else tuple(folds)
    if len(pairs) < 2:
        raise DataError(f"crossvalidate: there are at least two folds; given {len(pairs)}. For one write split(data)")
    measured: list[dict[str, float]] = []
    for number, (train, validation) in enumerate(pairs, 1):
        with _fold(f"{number} of {len(pairs)}"):
            measured.append(_numbers(measure(*_prepared(steps, train, validation))))
            if measured[-1].keys() != measured[0].keys():
                raise DataError(f"it measured {list(measured[-1])}, the first {list(measured[0])}")
    return CrossValidation(tuple(measured))


def _prepared(steps: Unfitted | Step | None, *parts: Element) -> tuple[Element, ...]:
    step = steps.fit(parts[0]) if isinstance(steps, Unfitted) else steps
    return parts if step is None else tuple(step(part) for part in parts)


@contextmanager
def _fold(name: str) -> Iterator[None]:
    """Say in which fold an error was raised."""
    try:
        yield
    except Exception as error:
        # DataError's own kinds keep their kind, as in `parallel`
        kind = type(error) if isinstance(error, DataError) else DataError
        raise kind(f"crossvalidate: fold {name} failed: {named(error)}") from error


def _numbers(value: Any) -> dict[str, float]:
    named = dict(value) if isinstance(value, Mapping) else {"score": value}
    wrong = {name: each for name, each in named.items() if not isinstance(each, Real) and not _is_single(each)}
    if wrong or not named:
        raise DataError(f"measure gives one number, or numbers by name; given {str(value)[:80]}")
    return {str(name): float(each) for name, each in named.items()}


def _is_single(value: object) -> bool:
    return isinstance(value, Tensor) and value.numel() == 1
