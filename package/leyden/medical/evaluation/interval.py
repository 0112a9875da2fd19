"""How sure a mean is: the percentile bootstrap, over subjects."""

from collections.abc import Sequence

import numpy as np

from leyden.errors import MedicalError

__all__ = ["mean_interval"]

_DRAWS = 2000


def mean_interval(
    values: Sequence[float] | np.ndarray, *, subjects: Sequence[str] | None = None, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Give the interval in which the mean of such values lies, as far as these values can tell.

    Whole subjects are drawn again and again with replacement, as their scans resemble each other; the interval holds
    the middle share of the means so drawn. The same values give the same interval.

    Args:
        values: one a scan.
        subjects: whose scan it is; None where each is of another one.
        level: that share, above 0 and below 1.
        seed: of the 2000 draws.

    Returns:
        Its ends; NaN twice where fewer than two subjects leave nothing to tell.

    Raises:
        MedicalError: no value, another number of subjects, or a level that makes no sense; all at once.

    Examples:
        >>> [round(end, 2) for end in mean_interval([0.9, 0.7, 0.8, 0.9, 0.6, 0.85])]
        [0.7, 0.88]

    Source:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; Field and Welsh 2007,
        doi:10.1111/j.1467-9868.2007.00593.x, for whole subjects.
    """
    array = np.asarray(values, dtype=np.float64)
    whose = list(map(str, range(len(array)))) if subjects is None else list(subjects)
    _check(array, whose, level)
    _, group = np.unique(whose, return_inverse=True)
    counts, sums = np.bincount(group), np.bincount(group, weights=array)
    if len(counts) < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(len(counts), size=(_DRAWS, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _check(values: np.ndarray, subjects: list[str], level: float) -> None:
    faults = [] if values.size else ["no value to take the mean of"]
    if not np.isfinite(values).all():
        faults.append("values that are no finite numbers")
    if len(subjects) != len(values):
        faults.append(f"{len(values)} values of {len(subjects)} subjects; one subject a value is wanted")
    if not 0 < level < 1:
        faults.append(f"a level of {level!r}; above 0 and below 1 is wanted, such as 0.95")
    if faults:
        raise MedicalError(f"no interval: {'; '.join(faults)}")
