import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.metric import LESION_RULES, LesionRule, dice, hd95, lesion_wise
from leyden.medical.metric.lesion import lesions_of, rule_of

ONE = (1.0, 1.0, 1.0)


def boxes(*spans, size=(12, 12, 40)):
    """Boxes 4 x 4 in z and y, between two places in x; others are told as slices."""
    mask = torch.zeros(1, *size, dtype=torch.bool)
    for span in spans:
        place = (slice(4, 8), slice(4, 8), slice(*span)) if isinstance(span[0], int) else span
        mask[(0, *place)] = True
    return mask


def score(prediction, truth, *, spacing=ONE, rule="brats23"):
    return lesion_wise(prediction, truth, spacing=spacing, rule=rule)[0]


def test_a_lesion_found_and_one_missed_count_half():
    truth = boxes((2, 6), (30, 34))
    found = score(boxes((2, 6)), truth)
    assert (found.dice, found.hd95, found.scored, found.missed, found.false) == (0.5, 187.0, 2, 1, 0)
    assert [lesion.found for lesion in found.lesions] == [True, False]
    assert dice(boxes((2, 6)), truth).item() > 0.6


def test_what_is_predicted_far_from_any_lesion_is_a_false_one():
    found = score(boxes((2, 6), (30, 31)), boxes((2, 6)))
    assert (found.dice, found.hd95, found.false) == (0.5, 187.0, 1)


@pytest.mark.parametrize(("gap", "lesions"), [(5, 1), (6, 1), (7, 2)])
def test_true_parts_whose_dilations_touch_are_one_lesion(gap, lesions):
    # each grows by 3: up to 6 voxels between them nothing is left
    found = score(boxes((2, 6)), boxes((2, 6), (6 + gap, 10 + gap)))
    assert len(found.lesions) == lesions
    assert found.missed == lesions - 1


@pytest.mark.parametrize(("gap", "false"), [(0, 0), (2, 0), (3, 1)])
def test_a_predicted_part_belongs_to_the_lesion_whose_dilation_it_meets(gap, false):
    found = score(boxes((6 + gap, 10 + gap)), boxes((2, 6)))
    assert (found.false, found.missed) == (false, false)


def test_a_part_that_bridges_two_lesions_belongs_to_both():
    found = score(boxes((2, 22)), boxes((2, 6), (18, 22)))
    assert [lesion.dice for lesion in found.lesions] == [2 * 64 / (320 + 64)] * 2
    assert found.false == 0


@pytest.mark.parametrize(("width", "counts"), [(3, False), (4, True)])
def test_lesions_of_50_cubic_millimetres_and_less_are_not_scored(width, counts):
    truth = boxes((2, 2 + width), (30, 34))
    found = score(boxes((30, 34)), truth)
    assert (found.lesions[0].volume, found.lesions[0].counts) == (16.0 * width, counts)
    assert (found.scored, found.missed, found.dice) == (1 + counts, counts, 1.0 if not counts else 0.5)


def test_volumes_are_of_voxels_as_large_as_they_are():
    found = score(boxes((2, 5)), boxes((2, 5)), spacing=(2.0, 1.0, 0.5))
    assert found.lesions[0].volume == 48.0
    assert score(boxes((2, 5)), boxes((2, 5)), spacing=(2.0, 1.0, 0.6)).lesions[0].counts


def test_what_is_predicted_for_a_small_lesion_is_neither_found_nor_false():
    found = score(boxes((2, 5)), boxes((2, 5)))
    assert (found.scored, found.false, found.dice, found.hd95) == (0, 0, 1.0, 0.0)
    assert found.lesions[0].dice == 1.0


def test_parts_that_touch_by_a_corner_are_one():
    corner = boxes((2, 6), (slice(8, 10), slice(8, 10), slice(6, 10)))
    assert score(corner, corner, rule="brats26").scored == 1


def test_regions_that_are_empty_count_as_the_challenges_say():
    nothing, something = boxes(), boxes((2, 6))
    found = [score(*pair) for pair in ((nothing, nothing), (nothing, something), (something, nothing))]
    assert [(each.dice, each.hd95) for each in found] == [(1.0, 0.0), (0.0, 374.0), (0.0, 374.0)]


def test_a_single_lesion_is_scored_as_its_region_is():
    truth, prediction = boxes((2, 8)), boxes((3, 10))
    for rule in ("brats23", "brats26"):
        found = score(prediction, truth, spacing=(1.0, 2.0, 3.0), rule=rule)
        assert found.dice == dice(prediction, truth).item()
        assert found.hd95 == hd95(prediction, truth, spacing=(1.0, 2.0, 3.0)).item()


def test_in_pairs_a_part_serves_one_lesion_only():
    # one part over both lesions goes to the larger one
    found = score(boxes((2, 14)), boxes((2, 8), (10, 14)), rule="brats26")
    assert [lesion.found for lesion in found.lesions] == [True, False]
    assert (found.lesions[0].dice, found.false) == (2 * 96 / (96 + 192), 0)
    # and of two parts in one lesion the smaller one is false
    found = score(boxes((2, 8), (10, 14)), boxes((2, 14)), rule="brats26")
    assert (found.missed, found.false) == (0, 1)


def test_in_pairs_the_sum_of_dice_is_largest_and_not_each_choice():
    # the long part lies best on the first lesion, but is all that the second one can get
    truth = boxes((2, 10), (11, 13))
    prediction = boxes((slice(4, 8), slice(4, 6), slice(2, 10)), (slice(4, 8), slice(7, 8), slice(2, 13)))
    found = score(prediction, truth, rule="brats26")
    assert [lesion.found for lesion in found.lesions] == [True, True]


@given(st.integers(0, 1000), st.sampled_from(["brats23", "brats26"]), st.integers(1, 4))
@settings(max_examples=25)
def test_more_background_around_changes_no_lesion(seed, rule, margin):
    generator = torch.Generator().manual_seed(seed)
    one, other = (torch.rand(2, 1, 8, 8, 8, generator=generator) > 0.93).repeat_interleave(2, dim=-1)
    wide = [torch.nn.functional.pad(each.float(), [margin] * 6).bool() for each in (one, other)]
    found, again = score(one, other, rule=rule), score(*wide, rule=rule)
    assert found == again


@given(st.integers(0, 1000))
@settings(max_examples=25)
def test_lesions_are_those_of_the_slow_way(seed):
    generator = torch.Generator().manual_seed(seed)
    one, other = (torch.rand(2, 1, 6, 6, 20, generator=generator) > 0.985).repeat_interleave(2, dim=-1)
    rule = LesionRule(dilation=1, smallest=0)
    found = score(one, other, rule=rule)
    expected = slow_lesions(one[0].numpy(), other[0].numpy())
    assert sorted(lesion.dice for lesion in found.lesions) == pytest.approx(sorted(expected[0]))
    assert found.false == expected[1]


def slow_lesions(prediction, truth):
    """Voxel by voxel: lesions by distance, parts by touching."""
    steps = [np.array(step) - 1 for step in np.ndindex(3, 3, 3)]
    near = [step for step in steps if np.abs(step).sum() <= 2]
    parts = flooded({tuple(place) for place in np.argwhere(prediction)}, steps)
    places = {tuple(place) for place in np.argwhere(truth)}
    grown = {tuple(np.add(place, step)) for place in places for step in near}
    scores, used = [], set()
    for reach in flooded(grown, steps):
        lesion = places & reach
        mine = [place for place, part in enumerate(parts) if part & reach]
        told = set().union(*(parts[place] for place in mine))
        used |= set(mine)
        scores.append(2 * len(told & lesion) / (len(told) + len(lesion)))
    return scores, len(parts) - len(used)


def flooded(places, steps):
    left, parts = set(places), []
    while left:
        part = set()
        edge = {left.pop()}
        while edge:
            part |= edge
            edge = {tuple(np.add(place, step)) for place in edge for step in steps} & left
            left -= edge
        parts.append(part)
    return parts


def test_one_map_alone_is_scored_as_an_array():
    mask = boxes((2, 6))[0].numpy()
    assert lesions_of(mask, mask, spacing=ONE, rule=LesionRule()).dice == 1.0


def test_slices_have_lesions_too():
    flat = torch.zeros(1, 12, 40, dtype=torch.bool)
    flat[0, 2:10, 2:10] = flat[0, 2:10, 30:38] = True
    half = flat.clone()
    half[..., 20:] = False
    assert score(half, flat, spacing=(1.0, 1.0)).dice == 0.5


def test_rules_go_by_name():
    assert rule_of("brats23-metastases") == (LESION_RULES["brats23-metastases"], [])
    assert rule_of(LesionRule(dilation=0)) == (LesionRule(dilation=0), [])


@pytest.mark.usefixtures("unchecked")
def test_a_rule_that_makes_no_sense_is_refused_with_every_fault():
    with pytest.raises(
        MedicalError, match=r"smallest lesion of -1.*missed lesion of nan.*dilation of 1.5.*matching of 'x'"
    ):
        LesionRule("x", dilation=1.5, smallest=-1, missed=float("nan"))


def test_an_unknown_rule_is_refused_with_everything_else():
    with pytest.raises(MedicalError, match=r"a spacing of \(1.0,\).*no rule for lesions named 'mine', but brats23"):
        score(boxes((2, 6)), boxes((2, 6)), spacing=(1.0,), rule="mine")
