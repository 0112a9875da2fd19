import numpy as np
import pytest

from leyden.items.grid import kernels

VOLUME = np.random.default_rng(0).random((1, 3, 4, 5))
STEPS = (60, 20, 5, 1)


def where(lines):
    """Lines alone, no field."""
    lines = np.array(lines)
    return lines, np.empty((len(lines), 3, 4, 0)), np.empty((0, 5)), np.empty((0, 2), np.int64), 1e-6


def read(lines, mode):
    result = np.empty((1, 3, 4, 5))
    kernels.read_volume(VOLUME.ravel(), STEPS, (3, 4, 5), where(lines), mode, result)
    return result


SHIFT = [[1.0, 0, 0, -1.0], [0, 1.0, 0, 0], [0, 0, 1.0, 0.5]]


@pytest.mark.parametrize(("mode", "first"), [(0, 0.0), (1, VOLUME[:, 0]), (2, VOLUME[:, 0])])
def test_borders_show_nothing_the_edge_or_a_mirror(mode, first):
    plane = np.broadcast_to(first, (1, 4, 5))
    expected = np.concatenate((plane[:, None], VOLUME[:, :2]), 1)
    expected = (expected + np.concatenate((expected[..., 1:], expected[..., -1:]), 3)) / 2
    # half a voxel beyond the last centre is the outer edge itself, which is still inside
    np.testing.assert_allclose(read(SHIFT, mode), expected)


def test_a_fourth_row_divides():
    halved = [[2.0, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 2.0, 0], [0, 0, 0, 2.0]]
    np.testing.assert_allclose(read(halved, 1), VOLUME)


def test_picking_takes_the_nearest_voxel_of_any_kind():
    labels, result = np.arange(60, dtype=np.int16), np.empty((1, 3, 4, 5), np.int16)
    lines = [[1.0, 0, 0, -0.6], [0, 1.0, 0, 0], [0, 0, 1.0, 0.4]]
    kernels.pick_volume(labels, STEPS, (3, 4, 5), where(lines), 0, result)
    expected = np.zeros((1, 3, 4, 5))
    expected[:, 1:] = labels.reshape(1, 3, 4, 5)[:, :2]
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_averages_are_taken_along_one_axis(axis):
    shape = [1, 3, 4, 5]
    shape[1 + axis] = 2
    result = np.empty(shape)
    kernels.average_volume(VOLUME.ravel(), STEPS, axis, np.array([0, 1]), np.array([[0.5, 0.5], [0.25, 0.75]]), result)
    one, two, three = (VOLUME.take([at], 1 + axis) for at in range(3))
    np.testing.assert_allclose(result, np.concatenate(((one + two) / 2, (two + 3 * three) / 4), 1 + axis))


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_cubic_rows_are_mixed_by_keys_weights(mode):
    result = np.empty((1, 3, 4, 5))
    ahead = [[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 0.5]]
    kernels.curve_volume(VOLUME.ravel(), STEPS, (3, 4, 5), where(ahead), mode, result)
    # halfway: -1/16, 9/16, 9/16, -1/16; the edge counts again beyond it, and is all there is half a voxel outside
    padded = np.concatenate((VOLUME[..., :1], VOLUME, VOLUME[..., -1:]), 3)
    expected = (9 * (padded[..., 1:-2] + padded[..., 2:-1]) - padded[..., :-3] - padded[..., 3:]) / 16
    np.testing.assert_allclose(result, np.concatenate((expected, VOLUME[..., -1:]), 3))


def test_an_axis_of_one_voxel_has_neighbours_of_its_own():
    result = np.empty((1, 1, 4, 5))
    lines = np.array([[1.0, 0, 0, 0.3], [0, 1.0, 0, 0], [0, 0, 1.0, 0]])
    one = lines, np.empty((3, 1, 4, 0)), np.empty((0, 5)), np.empty((0, 2), np.int64), 1e-6
    kernels.curve_volume(VOLUME[:, :1].ravel(), (20, 20, 5, 1), (1, 4, 5), one, 1, result)
    np.testing.assert_allclose(result, VOLUME[:, :1])
