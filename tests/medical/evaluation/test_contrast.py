import math

import pytest

from leyden.errors import MedicalError
from leyden.medical.evaluation import Failure, compare
from leyden.medical.metric import LesionRule


def test_differences_are_case_by_case(scored):
    one, other = scored((0.5, 0.8), (0.9, 0.6), name="dense"), scored((0.4, 0.9), (0.9, 0.7), name="pruned")
    found = compare(one, other)
    core = found.of("TC")
    assert (core.one, core.other, core.mean, core.worse) == pytest.approx((0.7, 0.65, -0.05, 1))
    assert core.low == pytest.approx(-0.1)
    assert core.high == pytest.approx(0.0)
    assert found.of("mean").mean == pytest.approx(0.025)


def test_more_millimetres_are_worse(scored):
    found = compare(scored((0.5,), (0.9,)), scored((0.4,), (0.9,)), metric="hd95").of("TC")
    assert (found.mean, found.worse) == (pytest.approx(0.5), 1)


def test_a_constant_gain_has_no_spread_however_hard_the_cases_are(scored):
    found = compare(scored((0.1,), (0.5,), (0.8,)), scored((0.2,), (0.6,), (0.9,))).of("TC")
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))


def test_cases_of_one_method_alone_are_left_out_and_named(scored):
    one = scored((0.5,), (0.7,), (0.9,))
    other = scored((0.6,), (0.7,), failures=(Failure("c9", "why"),))
    found = compare(one, other)
    assert (found.cases, found.unpaired) == (("c0", "c1"), ("c2", "c9"))
    assert "left out, as only one has scored them: c2, c9" in repr(found)


def test_it_prints_as_a_table(scored):
    shown = compare(scored((0.5,), name="dense"), scored((0.4,), name="pruned"))
    lines = repr(shown).splitlines()
    assert lines[0] == "Dice, pruned less dense, 1 case of both"
    assert lines[1].split() == ["region", "dense", "pruned", "difference", "(95", "%", "interval)", "worse", "in"]
    assert lines[2].split() == ["TC", "0.500", "0.400", "-0.100", "(n/a)", "1", "of", "1"]
    assert "<td>1 of 1</td>" in shown._repr_html_()
    assert math.isnan(shown.of("TC").low)


@pytest.mark.usefixtures("unchecked")
def test_methods_that_cannot_be_compared_are_refused_with_every_fault(scored):
    with pytest.raises(
        MedicalError, match=r"compare one and other: regions TC and TC, WT; the same are wanted; no metric 'x'"
    ):
        compare(scored((0.5,)), scored((0.5, 0.6)), metric="x")
    with pytest.raises(MedicalError, match="no case that both have scored"):
        compare(scored((0.5,)), scored())
    with pytest.raises(MedicalError, match="tolerances of 1 and 2 mm"):
        compare(scored((0.5,)), scored((0.5,), tolerance=2.0), metric="surface_dice")
    with pytest.raises(MedicalError, match="the same rule for lesions is wanted"):
        compare(scored((0.5,)), scored((0.5,), rule=LesionRule()), metric="lesion_dice")


def test_two_cases_of_one_name_cannot_be_paired(scored):
    one = scored((0.5,))
    twice = type(one)("net", one.regions, one.cases * 2, one.subjects * 2)
    with pytest.raises(MedicalError, match="net has several cases called c0"):
        compare(one, twice)


def test_a_region_that_is_not_there_is_told_with_those_that_are(scored):
    with pytest.raises(MedicalError, match="no region 'ET', but TC, mean"):
        compare(scored((0.5,)), scored((0.5,))).of("ET")
