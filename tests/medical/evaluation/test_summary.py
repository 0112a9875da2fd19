import numpy as np

from leyden.medical.evaluation import METRICS
from leyden.medical.evaluation.summary import digits_of, in_millimetres, summarised
from leyden.medical.metric import RegionScore


def test_a_summary_is_of_the_values():
    found = summarised(np.array([0.0, 0.5, 0.5, 1.0, 0.75]), region="WT", metric="dice", subjects=tuple("abcde"))
    assert (found.region, found.metric, found.count) == ("WT", "dice", 5)
    assert (found.mean, found.lower, found.median, found.upper) == (0.55, 0.5, 0.5, 0.75)
    assert found.low < found.mean < found.high


def test_distances_are_those_in_millimetres():
    assert [metric for metric in METRICS if in_millimetres(metric)] == ["hd95", "lesion_hd95"]
    assert [digits_of(metric) for metric in ("dice", "hd95")] == [3, 1]


def test_every_metric_is_a_score_of_a_region():
    assert set(METRICS) <= set(RegionScore.__dataclass_fields__)
