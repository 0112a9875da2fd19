import numpy as np
import pytest
import torch
from scipy import ndimage

from leyden.errors import DrawError, ItemError
from leyden.items.grid.affine import compose
from leyden.items.grid.move import Move
from leyden.items.grid.sampling import resample

TURN_2D = ((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0))
TURN_3D = ((1.207, 0.303, 0.101, -1.303), (-0.307, 1.203, 0.0, 1.107), (0.0, 0.109, 1.103, 0.401), (0.0, 0.0, 0.0, 1.0))
CASES = [(TURN_2D, (12, 9), (10, 11)), (TURN_3D, (6, 7, 8), (7, 6, 9))]


def places(move):
    """Where every new pixel reads, one row an axis."""
    new = np.indices(move.new_size).reshape(len(move.size), -1)
    return (np.array(move.back) @ np.vstack([new, np.ones(new.shape[1])]))[:-1]


def reference(plane, move, mode, order):
    return ndimage.map_coordinates(plane, places(move), order=order, mode=mode).reshape(move.new_size)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize(("border", "mode"), [("reflection", "grid-mirror"), ("border", "nearest")])
def test_linear_interpolation_is_that_of_scipy(matrix, size, new, border, mode):
    data = torch.rand(2, *size, dtype=torch.float64)
    move = Move(matrix, size, new)
    moved = resample(data, move, interpolation="linear", border=border)
    for plane, result in zip(data, moved, strict=True):
        np.testing.assert_allclose(result, reference(plane, move, mode, 1), atol=1e-9)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
def test_zeros_begin_where_the_outermost_pixel_ends_for_images_and_masks(matrix, size, new):
    move = Move(matrix, size, new)
    image = resample(torch.ones(1, *size), move, interpolation="linear", border="zeros")
    mask = resample(torch.ones(1, *size, dtype=torch.uint8), move, interpolation="nearest", border="zeros")
    edge = np.array(size)[:, None] - 0.5
    inside = ((places(move) > -0.5) & (places(move) < edge)).all(0).reshape(1, *new)
    np.testing.assert_allclose(image, inside, atol=1e-6)
    np.testing.assert_array_equal(mask, inside)


@pytest.mark.parametrize(("matrix", "size", "new"), CASES)
@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64])
def test_labels_are_picked_as_by_scipy_and_keep_their_dtype(matrix, size, new, dtype):
    labels = torch.randint(0, 100, size).to(dtype)
    move = Move(matrix, size, new)
    moved = resample(labels[None], move, interpolation="nearest", border="border")
    assert moved.dtype == dtype
    np.testing.assert_array_equal(moved[0], reference(labels.numpy(), move, "nearest", 0))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_images_keep_their_precision(dtype):
    data = torch.rand(1, 12, 9)
    move = Move(TURN_2D, (12, 9), (12, 9))
    moved = resample(data.to(dtype), move, interpolation="linear", border="zeros")
    assert moved.dtype == dtype
    expected = resample(data, move, interpolation="linear", border="zeros")
    torch.testing.assert_close(moved.float(), expected, atol=1e-2, rtol=0)


def test_large_labels_survive_and_too_large_ones_are_refused():
    move = Move(TURN_2D, (12, 9), (12, 9))
    large = torch.full((1, 12, 9), 2**53 - 1)
    assert resample(large, move, interpolation="nearest", border="border").unique().tolist() == [2**53 - 1]
    with pytest.raises(ItemError, match=r"labels beyond 2\*\*53"):
        resample(large + 2, move, interpolation="nearest", border="border")


@pytest.mark.parametrize("zoom", [1.7, 0.9])
def test_a_window_of_a_large_image_is_the_window_of_the_whole_result(zoom):
    size, corner = (90, 80), (41, 33)
    turn = ((zoom * 0.96, zoom * 0.28, -3.7), (-zoom * 0.28, zoom * 0.96, 11.2), (0.0, 0.0, 1.0))
    window = ((1.0, 0.0, -corner[0]), (0.0, 1.0, -corner[1]), (0.0, 0.0, 1.0))
    data = torch.rand(1, *size, dtype=torch.float64)
    whole = resample(data, Move(turn, size, size), interpolation="linear", border="reflection")
    part = resample(data, Move(compose(turn, window), size, (12, 10)), interpolation="linear", border="reflection")
    assert Move(compose(turn, window), size, (12, 10)).focus[1].size != size
    torch.testing.assert_close(part, whole[:, 41:53, 33:43])


def test_a_fine_pattern_shrinks_to_grey():
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    board = ((rows + columns) % 2).float()[None]
    third = ((0.3, 0.05, 1.0), (-0.05, 0.3, 4.0), (0.0, 0.0, 1.0))
    moved = resample(board, Move(third, (64, 64), (20, 20)), interpolation="linear", border="reflection")
    assert (moved - 0.5).abs().max() < 0.13


def test_gradients_flow_through():
    data = torch.rand(1, 12, 9, requires_grad=True)
    shrink = ((0.6, 0.1, 0.0), (-0.1, 0.6, 0.0), (0.0, 0.0, 1.0))
    resample(data, Move(shrink, (12, 9), (6, 5)), interpolation="linear", border="zeros").sum().backward()
    assert data.grad is not None
    assert data.grad.abs().sum() > 0


def test_data_of_another_grid_is_refused():
    with pytest.raises(DrawError, match="data of 4 x 4 cannot take a move of 12 x 9"):
        resample(torch.rand(1, 4, 4), Move(TURN_2D, (12, 9), (12, 9)), interpolation="linear", border="zeros")
