"""One metric of one region over many cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, final

import numpy as np

from leyden.medical.evaluation.interval import mean_interval

__all__ = ["METRICS", "Metric", "Summary", "digits_of", "in_millimetres", "summarised"]

Metric: TypeAlias = Literal["dice", "hd95", "surface_dice", "lesion_dice", "lesion_hd95"]
"""What is summarised of a region."""

METRICS: MappingProxyType[Metric, str] = MappingProxyType(
    {
        "dice": "Dice",
        "hd95": "HD95 mm",
        "surface_dice": "surface Dice",
        "lesion_dice": "lesion Dice",
        "lesion_hd95": "lesion HD95 mm",
    }
)
"""Their headings, by name."""


@final
@dataclass(frozen=True)
class Summary:
    """One metric of one region over all scored cases.

    Attributes:
        region: its name, or `mean` for the mean of the regions of each case.
        metric: its name.
        count: scored cases.
        mean: over them.
        low: lower end of the 95 % interval of the mean, see `mean_interval`; NaN for a single subject.
        high: its upper end.
        lower: the first quartile of the cases.
        median: the second.
        upper: the third.
    """

    region: str
    metric: Metric
    count: int
    mean: float
    low: float
    high: float
    lower: float
    median: float
    upper: float


def summarised(values: np.ndarray, *, region: str, metric: Metric, subjects: Sequence[str]) -> Summary:
    """Summarise one number a case, of at least one.

    Examples:
        >>> found = summarised(np.array([0.5, 0.7, 0.9]), region="ET", metric="dice", subjects=("a", "b", "c"))
        >>> round(found.mean, 3), found.median, round(found.low, 3)
        (0.7, 0.7, 0.5)
    """
    low, high = mean_interval(values, subjects=subjects)
    lower, median, upper = (float(value) for value in np.quantile(values, [0.25, 0.5, 0.75]))
    return Summary(region, metric, len(values), float(values.mean()), low, high, lower, median, upper)


def in_millimetres(metric: Metric) -> bool:
    """Whether it is a distance, which is better low; all others are shares, better high."""
    return metric.endswith("hd95")


def digits_of(metric: Metric) -> int:
    """How many digits are written behind the point."""
    return 1 if in_millimetres(metric) else 3
