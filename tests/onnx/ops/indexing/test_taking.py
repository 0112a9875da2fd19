"""Elements by index and by condition."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.indexing.taking import (
    compress,
    counted_from_start,
    gather,
    gather_elements,
    gather_slices,
    nonzero,
)

X = torch.arange(24).reshape(2, 3, 4)
TEXTS = np.array([["a", "b"], ["c", "d"]], dtype=object)


def test_negative_indices_count_from_the_end():
    assert counted_from_start(torch.tensor([0, -1], dtype=torch.int32), 5).tolist() == [0, 4]


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("index", [np.array([[0, -1], [1, 0]]), np.array(-1), np.array([1], dtype=np.int32)], ids=str)
def test_gather_is_the_take_of_numpy(index: np.ndarray, axis: int):
    taken = gather(X, torch.from_numpy(np.asarray(index)), axis=axis)
    assert np.array_equal(taken.numpy(), np.take(X.numpy(), index, axis))


@pytest.mark.parametrize("axis", [0, -1])
def test_one_python_number_takes_a_view(axis: int):
    taken = gather(X, -1, axis=axis)
    assert (taken.tolist(), taken._base is not None) == (X.select(axis, -1).tolist(), True)


def test_an_index_outside_is_an_error():
    with pytest.raises(IndexError, match="out of"):
        gather(X, torch.tensor([3]))


def test_gradients_add_up_where_a_row_is_taken_twice():
    x = torch.zeros(3, requires_grad=True)
    (gradient,) = torch.autograd.grad(gather(x, torch.tensor([1, -2])).sum(), x)
    assert gradient.tolist() == [0, 2, 0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.uint16, torch.float8_e5m2], ids=str)
def test_one_element_is_taken_for_each_index(dtype: torch.dtype):
    x = torch.tensor([[1, 2], [3, 4]]).to(dtype)
    taken = gather_elements(x, torch.tensor([[0, -1], [1, 0]]), axis=1)
    assert taken.float().tolist() == [[1, 2], [4, 3]]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_tuples_of_indices_take_slices(depth: int):
    indices = torch.tensor([[0, 2, 1], [-1, 0, -1]])[:, :depth]
    expected = [X.numpy()[tuple(index)] for index in indices.numpy()]
    assert np.array_equal(gather_slices(X, indices).numpy(), np.stack(expected))


def test_tuples_of_indices_take_slices_of_each_batch():
    indices = torch.tensor([[[1], [0]], [[2], [2]]])
    expected = [[X[batch, index] for index in rows] for batch, rows in enumerate(indices[..., 0].tolist())]
    assert torch.equal(gather_slices(X, indices, batch_dims=1), torch.stack([torch.stack(rows) for rows in expected]))


def test_two_axes_of_batches_take_elements():
    indices = torch.randint(0, 4, (2, 3, 5, 1))
    assert torch.equal(gather_slices(X, indices, batch_dims=2), X.gather(2, indices[..., 0]))


def test_a_condition_may_be_shorter_than_the_axis():
    assert compress(X, torch.tensor([False, True]), axis=1).shape == (2, 1, 4)


def test_a_condition_takes_elements_where_no_axis_is_given():
    assert compress(X, torch.tensor([True, False, True])).tolist() == [0, 2]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.uint16, torch.float8_e4m3fn], ids=str)
def test_places_that_are_not_zero_have_a_row_for_each_axis(dtype: torch.dtype):
    assert nonzero(torch.tensor([[0, 1], [1, 1]]).to(dtype)).tolist() == [[0, 1, 1], [1, 0, 1]]


def test_a_number_without_axes_has_one_place():
    assert nonzero(torch.tensor(3)).tolist() == [[0]]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: gather(TEXTS, torch.tensor([1, -2])), [["c", "d"], ["a", "b"]]),
        (lambda: gather_elements(TEXTS, torch.tensor([[1, 0]])), [["c", "b"]]),
        (lambda: gather_slices(TEXTS, torch.tensor([[1, 0]])), ["c"]),
        (lambda: compress(TEXTS, torch.tensor([False, True]), axis=0), [["c", "d"]]),
        (lambda: nonzero(np.array(["", "b"], dtype=object)), [[1]]),
    ],
    ids=["gather", "gather_elements", "gather_slices", "compress", "nonzero"],
)
def test_texts_are_taken_as_numbers_are(made, expected: list):
    assert made().tolist() == expected
