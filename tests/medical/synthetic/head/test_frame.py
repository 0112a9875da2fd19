import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.synthetic.head.frame import Frame, chance, frame_of, smooth_noise, squared


def test_the_grid_of_brats_has_voxels_of_one_millimetre_and_a_small_one_holds_the_same_head():
    assert frame_of((155, 240, 240)).step == 1
    assert frame_of(64).step == 186 / 64
    assert frame_of(400).step == 1


@given(st.tuples(*[st.integers(16, 300)] * 3))
def test_every_grid_holds_the_whole_head(size):
    frame = frame_of(size)
    assert all(count * frame.step >= length - 1e-9 for count, length in zip(frame.size, (155, 186, 150), strict=True))


def test_the_middle_of_the_grid_lies_in_the_middle_of_the_head():
    affine = np.array(frame_of((16, 20, 24)).affine)
    assert (affine @ [7.5, 9.5, 11.5, 1]).tolist() == [0, -18, 7, 1]


@pytest.mark.parametrize("size", [15, 513, (64, 64), (64, 64, 64, 64), (64, 64, 8)])
def test_a_size_that_is_none_is_told(size):
    with pytest.raises(MedicalError, match="a size of one whole number, or of three along z, y and x, from 16 to 512"):
        frame_of(size)


def test_a_box_around_a_place_holds_what_is_near_and_never_nothing():
    frame = Frame((20, 20, 20), 2.0)
    assert frame.around((1.0, 1.0, 1.0), 4.0) == (slice(8, 13),) * 3
    assert frame.around((-1000.0, 0.0, 1000.0), 1.0) == (slice(0, 1), slice(9, 11), slice(19, 20))
    assert frame.nearest((1.0, -999.0, 3.0)) == (10, 0, 11)
    assert [along.tolist() for along in frame.part((slice(9, 11), slice(0, 1), slice(19, 20)))] == [
        [-1.0, 1.0], [-19.0], [19.0],
    ]  # fmt: skip


def test_chance_of_one_purpose_does_not_depend_on_another():
    one = chance(3, "place").random()
    chance(3, "shape").random(100)
    assert chance(3, "place").random() == one
    assert chance(4, "place").random() != one
    assert chance(3, "shape").random() != one


def test_noise_is_the_same_at_the_same_place_of_every_grid():
    coarse, fine = Frame((16, 16, 16), 4.0), Frame((31, 31, 31), 2.0)
    apart = (
        smooth_noise(chance(0, "a"), coarse.places, 9.0) - smooth_noise(chance(0, "a"), fine.places, 9.0)[::2, ::2, ::2]
    )
    assert apart.abs().max() < 1e-5


@pytest.mark.parametrize("cell", [4.0, 11.0])
def test_noise_has_mean_0_and_spread_1(cell):
    frame = Frame((60, 60, 60), 4.0)
    noise = torch.stack([smooth_noise(chance(seed, "a"), frame.places, cell) for seed in range(3)])
    assert abs(noise.mean()) < 0.05
    assert abs(noise.std() - 1) < 0.07


def test_noise_changes_over_its_cell_and_hardly_within():
    frame = Frame((64, 64, 64), 1.0)
    noise = smooth_noise(chance(0, "a"), frame.places, 10.0)
    assert (noise[1:] - noise[:-1]).std() < 0.2
    assert (noise[30:] - noise[:-30]).std() > 1


def test_squared_distances_are_those_of_pythagoras():
    found = squared([torch.tensor([3.0]), torch.tensor([4.0, 0.0]), torch.tensor([12.0])])
    assert found.tolist() == [[[169.0], [153.0]]]
