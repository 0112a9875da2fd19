"""Scores as a figure."""

from collections.abc import Sequence

from leyden.errors import MedicalError
from leyden.medical.evaluation.result import Evaluation
from leyden.medical.evaluation.summary import METRICS, Metric, in_millimetres
from leyden.plot import Picture, bars

__all__ = ["chart"]


def chart(evaluations: Sequence[Evaluation], *, metric: Metric = "dice") -> Picture:
    """Draw the mean of every region for several methods under each other.

    Args:
        evaluations: one a method, each with a name of its own.
        metric: its name.

    Raises:
        MedicalError: none, two of one name, no such metric, or one without a scored case.

    Examples:
        >>> from leyden.medical.metric import CaseScore, RegionScore
        >>> row = RegionScore("WT", 0.8, 1.0, 0.9, 0.8, 1.0, 1, 0, 0, 9.0, 9.0)
        >>> found = [Evaluation(name, ("WT",), (CaseScore("one", (row,)),), ("one",)) for name in ("cut", "U-Net")]
        >>> [text.get_text() for text in chart(found).axes[0].get_yticklabels()]
        ['WT, cut', 'WT, U-Net', 'mean, cut', 'mean, U-Net']
    """
    names = [each.name for each in evaluations]
    if not names or len(set(names)) < len(names):
        raise MedicalError(f"a chart wants evaluations with names of their own, got {names or 'none'}")
    regions = dict.fromkeys(region for each in evaluations for region in (*each.regions, "mean"))
    regions["mean"] = regions.pop("mean")
    values = {
        f"{region}, {each.name}": each.of(region, metric).mean
        for region in regions
        for each in evaluations
        if region in (*each.regions, "mean")
    }
    last = {name for name in values if name.endswith(f", {names[-1]}")}
    limit = None if in_millimetres(metric) else 1.0
    return bars(values, x_label=f"mean {METRICS[metric]}", limit=limit, highlight=last)
