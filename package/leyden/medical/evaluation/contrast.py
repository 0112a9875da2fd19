"""Two methods on the same cases: differences case by case."""

from dataclasses import dataclass
from typing import final

import numpy as np

from leyden.errors import MedicalError
from leyden.medical.evaluation.interval import mean_interval
from leyden.medical.evaluation.result import Evaluation
from leyden.medical.evaluation.summary import METRICS, Metric, digits_of, in_millimetres
from leyden.medical.table import Table, html_of, ranged, text_of

__all__ = ["Comparison", "Difference", "compare"]


@final
@dataclass(frozen=True)
class Difference:
    """What changes from one method to the other in one region.

    Attributes:
        region: its name, or `mean` for the mean of the regions of each case.
        one: mean of the first method.
        other: mean of the second.
        mean: of the differences case by case, other less one.
        low: lower end of the 95 % interval of that mean, see `mean_interval`; NaN for a single subject.
        high: its upper end.
        worse: cases in which the second method is worse.
    """

    region: str
    one: float
    other: float
    mean: float
    low: float
    high: float
    worse: int


@final
@dataclass(frozen=True, repr=False)
class Comparison:
    """Two methods, case by case; prints as a table.

    Args:
        names: of the methods.
        metric: that is compared.
        differences: one a region, then that of their mean.
        cases: that both have scored.
        unpaired: that only one of them has, or has scored; they are left out.
    """

    names: tuple[str, str]
    metric: Metric
    differences: tuple[Difference, ...]
    cases: tuple[str, ...]
    unpaired: tuple[str, ...] = ()

    def of(self, region: str) -> Difference:
        """Give the difference in a region, or in `mean`.

        Raises:
            MedicalError: there is no such region.
        """
        for each in self.differences:
            if each.region == region:
                return each
        raise MedicalError(f"no region {region!r}, but {', '.join(each.region for each in self.differences)}")

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_of(self._table()), *self._notes()])

    def _repr_html_(self) -> str:
        return html_of(self._table(), title=self._title(), notes=self._notes())

    def _title(self) -> str:
        count = len(self.cases)
        return f"{METRICS[self.metric]}, {self.names[1]} less {self.names[0]}, {count} case{'s' * (count != 1)} of both"

    def _table(self) -> Table:
        digits = digits_of(self.metric)
        rows = [["region", *self.names, "difference (95 % interval)", "worse in"]]
        for each in self.differences:
            means = [f"{value:.{digits}f}" for value in (each.one, each.other)]
            change = ranged(each.mean, each.low, each.high, digits=digits)
            rows.append([each.region, *means, change, f"{each.worse} of {len(self.cases)}"])
        return rows

    def _notes(self) -> list[str]:
        return [f"left out, as only one has scored them: {', '.join(self.unpaired)}"] if self.unpaired else []


def compare(one: Evaluation, other: Evaluation, *, metric: Metric = "dice") -> Comparison:
    """Give the paired differences of two methods on the same cases: before and after pruning, torch and onnxruntime.

    Pairs tell far smaller differences apart than two intervals side by side, as hard cases are hard for both.

    Args:
        one: the method that is compared with.
        other: the method that is compared; positive differences are its gains (in mm its losses).
        metric: its name.

    Raises:
        MedicalError: other regions or tolerances, a case name that stands twice, or no case that both have scored; all
            at once.

    Examples:
        >>> from leyden.medical.metric import CaseScore, RegionScore
        >>> def scored(name, *scores):
        ...     rows = [RegionScore("WT", score, 1.0, score, score, 1.0, 1, 0, 0, 9.0, 9.0) for score in scores]
        ...     cases = tuple(CaseScore(str(place), (row,)) for place, row in enumerate(rows))
        ...     return Evaluation(name, ("WT",), cases, tuple(case.name for case in cases))
        >>> compare(scored("dense", 0.8, 0.5, 0.9), scored("pruned", 0.7, 0.5, 0.9)).of("WT").worse
        1
    """
    places = [{case.name: place for place, case in enumerate(each.cases)} for each in (one, other)]
    common = [name for name in places[0] if name in places[1]]
    faults = _faults(one, other, metric) + ([] if common else ["no case that both have scored"])
    if faults:
        raise MedicalError(f"cannot compare {_called(one, 'one')} and {_called(other, 'other')}: {'; '.join(faults)}")
    chosen = [[each[name] for name in common] for each in places]
    subjects = [one.subjects[place] for place in chosen[0]]
    differences = []
    for region in (*one.regions, "mean"):
        pair = (one.values(region, metric)[chosen[0]], other.values(region, metric)[chosen[1]])
        differences.append(_difference(region, *pair, subjects=subjects, metric=metric))
    names = (_called(one, "one"), _called(other, "other"))
    return Comparison(names, metric, tuple(differences), tuple(common), _unpaired(one, other, common))


def _difference(
    region: str, before: np.ndarray, after: np.ndarray, *, subjects: list[str], metric: Metric
) -> Difference:
    change = after - before
    low, high = mean_interval(change, subjects=subjects)
    worse = int(np.count_nonzero(change > 0 if in_millimetres(metric) else change < 0))
    return Difference(region, float(before.mean()), float(after.mean()), float(change.mean()), low, high, worse)


def _unpaired(one: Evaluation, other: Evaluation, common: list[str]) -> tuple[str, ...]:
    names = [case.name for each in (one, other) for case in each.cases]
    failed = [failure.case for each in (one, other) for failure in each.failures]
    return tuple(name for name in dict.fromkeys(names + failed) if name not in common)


def _called(one: Evaluation, otherwise: str) -> str:
    return one.name or otherwise


def _faults(one: Evaluation, other: Evaluation, metric: str) -> list[str]:
    faults = []
    if one.regions != other.regions:
        faults.append(f"regions {', '.join(one.regions)} and {', '.join(other.regions)}; the same are wanted")
    if metric not in METRICS:
        faults.append(f"no metric {metric!r}, but {', '.join(METRICS)}")
    if metric == "surface_dice" and one.tolerance != other.tolerance:
        faults.append(f"tolerances of {one.tolerance:g} and {other.tolerance:g} mm; the same is wanted")
    if metric.startswith("lesion") and one.rule != other.rule:
        faults.append(f"{one.rule} and {other.rule}; the same rule for lesions is wanted")
    for each, called in ((one, "one"), (other, "other")):
        names = [case.name for case in each.cases]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            faults.append(f"{_called(each, called)} has several cases called {', '.join(twice)}")
    return faults
