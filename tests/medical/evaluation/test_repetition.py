import pytest

from leyden.errors import MedicalError
from leyden.medical.evaluation import over_seeds


def test_median_and_range_are_of_the_means(scored):
    found = over_seeds([scored((0.5,), (0.7,)), scored((0.9,), (0.9,)), scored((0.6,), (0.8,))])
    core = found.of("TC")
    assert (core.low, core.median, core.high) == pytest.approx((0.6, 0.7, 0.9))
    assert core.means == pytest.approx((0.6, 0.9, 0.7))
    assert found.of("mean", "hd95").median == pytest.approx(3.0)


def test_it_prints_as_a_table(scored):
    found = over_seeds([scored((0.5,), (0.7,)), scored((0.8,))])
    assert repr(found).splitlines()[0] == "2 seeds of 1 to 2 cases"
    assert "0.700 (0.600 to 0.800)" in repr(found)
    assert "<td>0.700 (0.600 to 0.800)</td>" in found._repr_html_()


def test_seeds_that_do_not_fit_are_refused_with_every_fault(scored):
    with pytest.raises(
        MedicalError, match="regions TC and TC, WT; the same are wanted; no case was scored with seed 0"
    ):
        over_seeds([scored(), scored((0.5, 0.6))])
    with pytest.raises(MedicalError, match="1 evaluations; two or more are wanted"):
        over_seeds([scored((0.5,))])


def test_a_region_that_is_not_there_is_told_with_those_that_are(scored):
    with pytest.raises(MedicalError, match=r"no 'dice' of 'ET'; there are dice, .* of TC, mean"):
        over_seeds([scored((0.5,)), scored((0.5,))]).of("ET")
