import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.metric.maps import checked_maps, cropped, number_faults, spacing_faults

CUBE = torch.zeros(1, 3, 3, 3, dtype=torch.bool)


def test_bytes_and_bools_come_out_as_bools():
    byte = torch.tensor([[[[0, 1]]], [[[1, 1]]]], dtype=torch.uint8)
    pairs = checked_maps(byte, byte.bool())
    assert [[each.tolist() for each in pair] for pair in pairs] == [[[[[False, True]]]] * 2, [[[[True, True]]]] * 2]
    assert pairs[0][0].dtype == np.bool_


@pytest.mark.parametrize(
    ("maps", "fault"),
    [
        (np.zeros((1, 2, 2, 2)), "is a ndarray"),
        (torch.zeros(1, 3, 3, 3), "holds float32; maps of bool or uint8"),
        (torch.full((1, 3, 3, 3), torch.nan), "holds float32 with 27 NaN"),
        (torch.full((1, 3, 3, 3), 4, dtype=torch.uint8), "holds 4; 0 and 1 are wanted: scheme.to_regions"),
        (torch.zeros(3, 3).bool(), r"has shape \(3, 3\); `region z y x`"),
        (torch.zeros(0, 3, 3, 3).bool(), ".*holds no region"),
        (torch.zeros(1, 0, 3, 3).bool(), ".*holds no voxel"),
    ],
    ids=["array", "real", "nan", "codes", "flat", "no region", "no voxel"],
)
@pytest.mark.usefixtures("unchecked")
def test_maps_that_are_none_are_refused(maps, fault):
    with pytest.raises(MedicalError, match=f"prediction {fault}"):
        checked_maps(maps, CUBE)
    with pytest.raises(MedicalError, match=f"truth {fault}"):
        checked_maps(CUBE, maps)


@pytest.mark.usefixtures("unchecked")
def test_all_faults_are_told_at_once():
    with pytest.raises(
        MedicalError, match=r"cannot score: first; prediction holds float.*; truth holds 0, 2.*shape \(1, 3, 3, 3\)"
    ):
        checked_maps(torch.zeros(1, 3, 3, 3), torch.tensor([[[0, 2]]], dtype=torch.uint8), faults=["first"])


@pytest.mark.usefixtures("unchecked")
def test_another_grid_is_sent_back():
    with pytest.raises(MedicalError, match=r"prediction of shape \(1, 3, 3, 2\), truth of \(1, 3, 3, 3\); bring"):
        checked_maps(CUBE[..., :2], CUBE)


@pytest.mark.parametrize(
    "spacing",
    [None, 1.0, (1.0, 1.0), (1.0, 0.0, 1.0), (1.0, -1.0, 1.0), (1.0, float("nan"), 1.0), ("a", 1, 1)],
    ids=str,
)
def test_a_spacing_that_is_none_is_refused(spacing):
    assert "3 lengths above 0, in mm and in the order z y x, are wanted" in spacing_faults(spacing, CUBE)[0]


def test_a_spacing_has_one_length_an_axis_of_the_maps():
    assert not spacing_faults((1, 0.5, 2.0), CUBE)
    assert not spacing_faults((1.0, 2.0), CUBE[0])
    assert spacing_faults((1.0, 1.0, 1.0), CUBE[0])


def test_numbers_that_make_no_sense_are_told():
    assert not number_faults("a tolerance", 0)
    assert [number_faults("a tolerance", value) for value in (-1, float("nan"), "1")] == [
        [f"a tolerance of {value}; a finite number from 0 on is wanted"] for value in ("-1", "nan", "'1'")
    ]


def test_nothing_is_cut_to_nothing():
    assert cropped(np.zeros((2, 3), bool), np.zeros((2, 3), bool)) is None


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=6), st.integers(0, 6))
def test_the_box_holds_all_and_touches_it_on_every_side(places, split):
    one, other = np.zeros((2, 6, 6, 6), bool)
    for turn, place in enumerate(places):
        (one if turn < split else other)[place] = True
    cut = cropped(one, other)
    assert cut is not None
    low, high = np.argwhere(one | other).min(axis=0), np.argwhere(one | other).max(axis=0) + 1
    box = tuple(slice(*ends) for ends in zip(low, high, strict=True))
    assert all(np.array_equal(found, each[box]) for found, each in zip(cut, (one, other), strict=True))


def test_lengths_may_be_numpys_as_headers_give_them():
    assert spacing_faults(tuple(np.array([3, 1, 0.5], np.float32)), CUBE) == []
    assert spacing_faults(tuple(np.array([3, 1, np.nan], np.float32)), CUBE) != []
    assert number_faults("a tolerance", np.float32(0.5)) == []
