"""The same experiment with several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import final

from leyden.errors import MedicalError
from leyden.medical.evaluation.result import Evaluation
from leyden.medical.evaluation.summary import METRICS, Metric, digits_of
from leyden.medical.table import Table, html_of, ranged, text_of

__all__ = ["SeedRange", "Seeds", "over_seeds"]


@final
@dataclass(frozen=True)
class SeedRange:
    """The mean score of one region under several seeds.

    Attributes:
        region: its name, or `mean` for the mean of the regions.
        metric: its name.
        means: one a seed, in the order of the evaluations.
    """

    region: str
    metric: Metric
    means: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the seeds."""
        return median(self.means)

    @property
    def low(self) -> float:
        """The least."""
        return min(self.means)

    @property
    def high(self) -> float:
        """The most."""
        return max(self.means)


@final
@dataclass(frozen=True, repr=False)
class Seeds:
    """Several seeds beside each other; prints as a table of median and range."""

    ranges: tuple[SeedRange, ...]
    counts: tuple[int, ...]

    def of(self, region: str, metric: Metric = "dice") -> SeedRange:
        """Give the range of a metric of a region, or of `mean`.

        Raises:
            MedicalError: there is no such region or metric.
        """
        for each in self.ranges:
            if (each.region, each.metric) == (region, metric):
                return each
        regions = ", ".join(dict.fromkeys(each.region for each in self.ranges))
        raise MedicalError(f"no {metric!r} of {region!r}; there are {', '.join(METRICS)} of {regions}")

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_of(self._table())])

    def _repr_html_(self) -> str:
        return html_of(self._table(), title=self._title())

    def _title(self) -> str:
        cases = " to ".join(str(count) for count in sorted({min(self.counts), max(self.counts)}))
        return f"{len(self.counts)} seeds of {cases} cases"

    def _table(self) -> Table:
        rows = [["median (range)", *METRICS.values()]]
        for region in dict.fromkeys(each.region for each in self.ranges):
            found = [(self.of(region, metric), digits_of(metric)) for metric in METRICS]
            rows.append([region, *(ranged(one.median, one.low, one.high, digits=digits) for one, digits in found)])
        return rows


def over_seeds(evaluations: Sequence[Evaluation]) -> Seeds:
    """Give median and range over seeds of the mean score of every region.

    Chance in training moves a mean of a few cases by several points: one seed tells little, and the best one misleads.

    Args:
        evaluations: one a seed, of the same method on the same regions.

    Raises:
        MedicalError: fewer than two, other regions, or one without a scored case; all at once.

    Examples:
        >>> from leyden.medical.metric import CaseScore, RegionScore
        >>> def scored(dice):
        ...     row = RegionScore("WT", dice, 1.0, dice, dice, 1.0, 1, 0, 0, 9.0, 9.0)
        ...     return Evaluation("", ("WT",), (CaseScore("one", (row,)),), ("one",))
        >>> found = over_seeds([scored(0.8), scored(0.9), scored(0.85)]).of("WT")
        >>> found.low, found.median, found.high
        (0.8, 0.85, 0.9)
    """
    faults = [] if len(evaluations) > 1 else [f"{len(evaluations)} evaluations; two or more are wanted"]
    told = {", ".join(each.regions) for each in evaluations}
    if len(told) > 1:
        faults.append(f"regions {' and '.join(sorted(told))}; the same are wanted")
    empty = [str(place) for place, each in enumerate(evaluations) if not each.cases]
    if empty:
        faults.append(f"no case was scored with seed {', '.join(empty)}")
    if faults:
        raise MedicalError(f"no range over seeds: {'; '.join(faults)}")
    ranges = [
        SeedRange(region, metric, tuple(float(each.values(region, metric).mean()) for each in evaluations))
        for region in (*evaluations[0].regions, "mean")
        for metric in METRICS
    ]
    return Seeds(tuple(ranges), tuple(len(each.cases) for each in evaluations))
