import itertools

import numpy as np
import pytest
import torch

from leyden.items.grid import exact
from leyden.items.grid.affine import invert
from leyden.items.grid.move import BorderMode, Move


def move_from(back, size, new_size, border: BorderMode = "reflection"):
    return Move(invert(back), size, new_size, border)


def window(first, count):
    """The map back and the grid of a window along both axes of a picture."""
    return ((1.0, 0.0, float(first)), (0.0, 1.0, float(first)), (0.0, 0.0, 1.0)), (count, count)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("signs", list(itertools.product([1, -1], repeat=3)))
def test_every_right_angle_of_a_volume_is_copied_as_by_numpy(order, signs):
    size = (3, 4, 5)
    volume = torch.arange(2 * 60).view(2, *size)
    back = []
    for axis, sign in enumerate(signs):
        row = [0.0] * 4
        row[order.index(axis)], row[3] = float(sign), float(size[axis] - 1 if sign < 0 else 0)
        back.append(tuple(row))
    new_size = tuple(size[axis] for axis in order)
    moved = exact.copy_pixels(volume, move_from((*back, (0.0, 0.0, 0.0, 1.0)), size, new_size), "zeros")
    flipped = volume.numpy()[:, :: signs[0], :: signs[1], :: signs[2]]
    np.testing.assert_array_equal(moved.numpy(), flipped.transpose(0, *(axis + 1 for axis in order)))


@pytest.mark.parametrize(("border", "mode"), [("zeros", "constant"), ("border", "edge"), ("reflection", "symmetric")])
@pytest.mark.parametrize("reach", [1, 4, 11])
def test_what_lies_outside_is_what_numpy_pads(border, mode, reach):
    picture = torch.rand(2, 4, 4)
    back, new_size = window(-reach, 4 + 2 * reach)
    moved = exact.copy_pixels(picture, move_from(back, (4, 4), new_size), border)
    np.testing.assert_array_equal(
        moved.numpy(), np.pad(picture.numpy(), [(0, 0), (reach, reach), (reach, reach)], mode)
    )


def test_a_window_wholly_outside_shows_the_border_only():
    back, new_size = window(50, 2)
    moved = exact.copy_pixels(torch.ones(1, 4, 4), move_from(back, (4, 4), new_size), "zeros")
    assert not moved.any()


@pytest.mark.parametrize("first", [0, 1])
def test_a_copy_is_never_a_view(first):
    picture = torch.rand(1, 4, 4)
    back, new_size = window(first, 4 - first)
    moved = exact.copy_pixels(picture, move_from(back, (4, 4), new_size), "zeros")
    assert moved.untyped_storage().data_ptr() != picture.untyped_storage().data_ptr()
    assert moved.is_contiguous()
