import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from monai.metrics.hausdorff_distance import compute_hausdorff_distance
from monai.metrics.surface_dice import compute_surface_dice
from scipy.ndimage import binary_erosion, distance_transform_edt

from leyden.errors import MedicalError
from leyden.medical.metric import MISSED, hd95, surface_dice
from leyden.medical.metric.surface import distances

SPACING = (3.0, 1.0, 0.5)
MAPS = st.integers(0, 10_000).map(lambda seed: blobs(seed))


def blobs(seed):
    """Some boxes in a small volume."""
    generator = np.random.default_rng(seed)
    mask = np.zeros((7, 9, 8), bool)
    for _ in range(generator.integers(1, 4)):
        low = generator.integers(0, 6, size=3)
        high = low + generator.integers(1, 5, size=3)
        mask[tuple(slice(*ends) for ends in zip(low, high, strict=True))] = True
    return torch.from_numpy(mask)[None]


def cube(*starts, side=3, size=12):
    mask = torch.zeros(1, size, size, size, dtype=torch.bool)
    z, y, x = starts
    mask[0, z : z + side, y : y + side, x : x + side] = True
    return mask


def slow_distances(one, other, spacing):
    """By distance transforms of the whole volume, as published."""
    edges = [each & ~binary_erosion(each) for each in (one, other)]
    far = [distance_transform_edt(~each, sampling=spacing) for each in edges]
    return far[1][edges[0]], far[0][edges[1]]


@given(MAPS, MAPS)
@settings(max_examples=50)
def test_distances_are_those_of_distance_transforms(one, other):
    found = distances(one[0].numpy(), other[0].numpy(), spacing=SPACING)
    slow = slow_distances(one[0].numpy(), other[0].numpy(), SPACING)
    assert all(np.allclose(np.sort(fast), np.sort(each), atol=1e-12) for fast, each in zip(found, slow, strict=True))


@pytest.mark.filterwarnings("ignore:.*always_return_as_numpy:FutureWarning")  # MONAI 1.6 warns of itself
@given(MAPS, MAPS)
@settings(max_examples=30)
def test_the_convention_of_monai_is_that_of_monai(one, other):
    found = hd95(one, other, spacing=SPACING, convention="monai")
    asked = {"include_background": True, "spacing": SPACING}
    monai = compute_hausdorff_distance(one[None].float(), other[None].float(), percentile=95, **asked)[0]
    assert torch.allclose(found, monai.double(), atol=1e-5)
    found = surface_dice(one, other, spacing=SPACING, tolerance=1.2, convention="monai")
    monai = compute_surface_dice(one[None].float(), other[None].float(), class_thresholds=[1.2], **asked)[0]
    assert torch.allclose(found, monai.double(), atol=1e-6)


@given(MAPS, MAPS)
@settings(max_examples=50)
def test_the_convention_of_the_challenge_is_that_of_its_definition(one, other):
    slow = slow_distances(one[0].numpy(), other[0].numpy(), SPACING)
    assert hd95(one, other, spacing=SPACING).item() == pytest.approx(np.percentile(np.concatenate(slow), 95))
    near = np.mean([(each <= 1.2).mean() for each in slow])
    assert surface_dice(one, other, spacing=SPACING, tolerance=1.2).item() == pytest.approx(near)


@given(MAPS, MAPS)
@settings(max_examples=30)
def test_prediction_and_truth_may_change_places(one, other):
    for score in (hd95, surface_dice):
        for how in ("brats", "monai"):
            there, back = (
                score(one, other, spacing=SPACING, convention=how),
                score(other, one, spacing=SPACING, convention=how),
            )
            assert there.item() == pytest.approx(back.item())


def test_what_is_off_on_one_side_alone_counts_less_in_the_challenge():
    truth = torch.zeros(1, 1, 1, 40, dtype=torch.bool)
    truth[..., 0] = True
    spread = truth.clone()
    spread[..., 30] = True  # one of two voxels of its surface is 30 mm off, none of the other surface
    found = [hd95(spread, truth, spacing=(1, 1, 1), convention=how).item() for how in ("brats", "monai")]
    assert found == pytest.approx([27.0, 28.5])


@given(st.tuples(*[st.integers(0, 4)] * 3), st.integers(0, 2))
def test_a_flat_map_moved_along_its_normal_is_off_by_as_much(starts, axis):
    one, other = torch.zeros(2, 1, 12, 12, 12, dtype=torch.bool)
    one.select(axis + 1, starts[axis])[:] = True
    other.select(axis + 1, starts[axis] + 4)[:] = True
    assert hd95(one, other, spacing=SPACING).item() == 4 * SPACING[axis]


def test_a_cube_moved_by_two_voxels_is_off_by_two_spacings():
    found = [
        hd95(cube(2, 2, 2), moved, spacing=SPACING).item() for moved in (cube(4, 2, 2), cube(2, 4, 2), cube(2, 2, 4))
    ]
    assert found == [6.0, 2.0, 1.0]


@given(MAPS, MAPS, st.integers(0, 3))
@settings(max_examples=30)
def test_more_background_around_changes_nothing(one, other, margin):
    wide = [torch.nn.functional.pad(each.float(), [margin] * 6).bool() for each in (one, other)]
    for score in (hd95, surface_dice):
        assert score(*wide, spacing=SPACING).item() == pytest.approx(score(one, other, spacing=SPACING).item())


@pytest.mark.parametrize("convention", ["brats", "monai"])
def test_empty_regions_count_as_the_challenges_say(convention):
    nothing, something = torch.zeros(1, 3, 3, 3).bool(), torch.ones(1, 3, 3, 3).bool()
    pairs = ((nothing, nothing), (nothing, something), (something, nothing))
    told = {"spacing": SPACING, "convention": convention}
    assert [hd95(*pair, **told).item() for pair in pairs] == [0.0, MISSED, MISSED]
    assert [surface_dice(*pair, **told).item() for pair in pairs] == [1.0, 0.0, 0.0]
    assert hd95(nothing, something, missed=374.0, **told).item() == 374.0


def test_a_missed_region_costs_the_diagonal_of_the_grid():
    assert pytest.approx(np.linalg.norm((240, 240, 155)), abs=1e-5) == MISSED


def test_slices_are_scored_as_volumes_are():
    one, other = torch.zeros(2, 1, 6, 6, dtype=torch.bool)
    one[0, 1], other[0, 4] = True, True
    assert hd95(one, other, spacing=(2.0, 1.0)).item() == 6.0


def test_every_region_has_its_own_score():
    truth = torch.cat([cube(2, 2, 2), cube(5, 5, 5)])
    assert hd95(torch.cat([cube(2, 2, 2), cube(5, 5, 7)]), truth, spacing=(1, 1, 1)).tolist() == [0.0, 2.0]


@pytest.mark.usefixtures("unchecked")
def test_every_fault_is_told_at_once():
    with pytest.raises(
        MedicalError, match=r"a spacing of \(1.0, -1.0, 1.0\).*missed region of -1.*convention of 'x'.*shape"
    ):
        hd95(cube(1, 1, 1), cube(1, 1, 1, size=9), spacing=(1.0, -1.0, 1.0), missed=-1, convention="x")
    with pytest.raises(MedicalError, match=r"no spacing; 3 lengths.*a tolerance of nan"):
        surface_dice(cube(1, 1, 1), cube(1, 1, 1), spacing=None, tolerance=float("nan"))
