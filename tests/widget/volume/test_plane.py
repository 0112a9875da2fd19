import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.widget.volume.plane import planes_of, tilt_of, ways_of

SIZE = (3, 4, 5)


def affine_of(code, spacing=(1.0, 1.0, 1.0)):
    """The affine of an array whose z, y and x run to these letters."""
    rows = [[0.0] * 4 for _ in range(4)]
    for axis, (letter, step) in enumerate(zip(code, spacing, strict=True)):
        world = next(number for number, pair in enumerate(("RL", "AP", "SI")) if letter in pair)
        rows[world][axis] = step if letter in "RAS" else -step
    rows[3][3] = 1.0
    return tuple(map(tuple, rows))


ALL = ["".join(signs) for order in itertools.permutations(("RL", "AP", "SI")) for signs in itertools.product(*order)]


@pytest.mark.parametrize("code", ALL)
def test_whichever_way_an_array_lies_it_hangs_the_same_way(code):
    """A volume that holds its place in mm shows the same ends at the edges, whatever its axes are."""
    affine = affine_of(code)
    voxels = torch.stack(torch.meshgrid(*map(torch.arange, SIZE), indexing="ij"), -1).double()
    world = voxels @ torch.tensor([row[:3] for row in affine[:3]], dtype=torch.float64).T
    planes = planes_of(SIZE, (1.0, 1.0, 1.0), affine)
    assert [plane.name for plane in planes] == ["axial", "coronal", "sagittal"]
    assert [plane.letters for plane in planes] == ["RALP", "RSLI", "ASPI"]
    assert ways_of(planes) == code
    for plane, (right, down) in zip(planes, ((0, 1), (0, 2), (1, 2)), strict=True):
        across, below = (plane.cut(world[..., axis].contiguous(), 0) for axis in (right, down))
        assert (np.diff(across, axis=1) == -1).all()  # from R to L, from A to P: the coordinate falls
        assert (np.diff(below, axis=0) == -1).all()


@pytest.mark.parametrize("code", ["SPL", "SAR", "LIP"])
def test_the_neurological_convention_turns_left_and_right_and_nothing_else(code):
    affine, values = affine_of(code), torch.rand(SIZE)
    one, two = (planes_of(SIZE, (1.0,) * 3, affine, convention=name) for name in ("radiological", "neurological"))
    assert [plane.letters for plane in two] == ["LARP", "LSRI", "ASPI"]
    for first, second, flipped in zip(one, two, (True, True, False), strict=True):
        wanted = first.cut(values, 1)
        assert np.array_equal(second.cut(values, 1), wanted[:, ::-1] if flipped else wanted)


def test_an_oblique_volume_is_named_by_the_nearest_plane_and_its_tilt_is_known():
    turn = np.deg2rad(20)
    rows = np.array(affine_of("SPL"))
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    oblique = tuple(map(tuple, (matrix @ rows).tolist()))
    assert [plane.letters for plane in planes_of(SIZE, (1.0,) * 3, oblique)] == ["RALP", "RSLI", "ASPI"]
    assert tilt_of(oblique) == pytest.approx(20)
    assert tilt_of(affine_of("LIP")) == pytest.approx(0)


def test_without_an_affine_planes_are_those_of_memory_and_have_no_letters():
    planes = planes_of(SIZE, (1.0,) * 3, None)
    assert [(plane.name, plane.axis, plane.letters) for plane in planes] == [("z", 0, ""), ("y", 1, ""), ("x", 2, "")]
    assert ways_of(planes) == ""
    volume = torch.rand(SIZE)
    assert np.array_equal(planes[1].cut(volume, 2), volume[:, 2].numpy())


def test_thick_slices_make_tall_pictures():
    axial, coronal, sagittal = planes_of((10, 40, 20), (5.0, 1.0, 2.0), affine_of("SPL", (5.0, 1.0, 2.0)))
    assert [plane.shape(per_mm=2.0) for plane in (axial, coronal, sagittal)] == [(80, 80), (100, 80), (100, 80)]


@given(
    st.sampled_from(ALL), st.tuples(*[st.integers(1, 9)] * 3), st.floats(1, 4), st.tuples(*[st.floats(0, 0.999)] * 3)
)
def test_the_centre_stays_in_sight_however_far_one_zooms(code, size, zoom, shares):
    spot = tuple(int(share * count) for share, count in zip(shares, size, strict=True))
    for plane in planes_of(size, (1.0,) * 3, affine_of(code), zoom=zoom, centre=spot):
        for side in (plane.down, plane.right):
            assert side.span == pytest.approx(size[side.axis] / zoom)
            assert -1e-9 <= side.first <= size[side.axis] - side.span + 1e-9
            assert 0 <= side.share(spot[side.axis]) <= 1


def test_a_voxel_is_where_its_value_is_drawn():
    volume = torch.zeros(SIZE)
    volume[2, 1, 3] = 1
    for plane in planes_of(SIZE, (1.0,) * 3, affine_of("LIP")):
        row, column = np.argwhere(plane.cut(volume, (2, 1, 3)[plane.axis]))[0]
        for side, at in ((plane.down, row), (plane.right, column)):
            assert side.share((2, 1, 3)[side.axis]) == pytest.approx((at + 0.5) / side.count)
