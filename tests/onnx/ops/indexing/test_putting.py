"""Elements put at indices."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.indexing.putting import (
    one_hot,
    one_hot_first,
    scatter,
    scatter_elements,
    scatter_elements_first,
    scatter_slices,
    scatter_slices_first,
    tensor_scatter,
)

COMBINE = {
    "none": lambda old, new: new, "add": lambda old, new: old + new, "mul": lambda old, new: old * new,
    "max": max, "min": min,
}  # fmt: skip
DTYPES = [torch.float32, torch.int8, torch.uint16, torch.bfloat16]
OFF_ON = torch.tensor([2.0, 5.0])


@pytest.mark.parametrize("reduction", COMBINE)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_elements_are_combined_one_after_the_other(dtype: torch.dtype, reduction: str):
    data, indices, updates = [2, 3, 4], [1, -1, 0], [5, 1, 3]
    expected = list(data)
    for index, update in zip(indices, updates, strict=True):
        expected[index] = COMBINE[reduction](expected[index], update)
    put = scatter_elements(
        torch.tensor(data).to(dtype), torch.tensor(indices), torch.tensor(updates).to(dtype), reduction=reduction
    )
    assert (put.dtype, put.tolist()) == (dtype, expected)


def test_elements_with_the_same_index_add_up():
    put = scatter_elements(torch.ones(1, 3), torch.tensor([[2, 2]]), torch.full((1, 2), 4.0), axis=1, reduction="add")
    assert put.tolist() == [[1, 1, 9]]


@pytest.mark.parametrize(("reduction", "expected"), [("add", [True, True]), ("mul", [False, False])])
def test_conditions_are_combined(reduction: str, expected: list[bool]):
    data, updates = torch.tensor([True, False]), torch.tensor([False, True])
    assert scatter_elements(data, torch.tensor([0, 1]), updates, reduction=reduction).tolist() == expected


@pytest.mark.parametrize("function", [scatter, scatter_elements_first])
def test_older_versions_only_put(function):
    assert function(torch.zeros(3), torch.tensor([-1]), torch.ones(1)).tolist() == [0, 0, 1]


@pytest.mark.parametrize("reduction", COMBINE)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("depth", [1, 2])
def test_slices_are_combined(dtype: torch.dtype, reduction: str, depth: int):
    data, indices = np.arange(1, 7).reshape(3, 2), np.array([[2, 1], [-3, -2]])[:, :depth]
    updates = np.array([[7, 2], [3, 4]])[(slice(None), slice(None)) if depth == 1 else (slice(None), 0)]
    expected = data.copy()
    for index, update in zip(indices, updates, strict=True):
        pairs = zip(np.ravel(expected[tuple(index)]), np.ravel(update), strict=True)
        combined = [COMBINE[reduction](*pair) for pair in pairs]
        expected[tuple(index)] = np.reshape(combined, np.shape(update))
    put = scatter_slices(
        torch.from_numpy(data).to(dtype), torch.from_numpy(indices), torch.from_numpy(np.array(updates)).to(dtype),
        reduction=reduction,
    )  # fmt: skip
    assert (put.dtype, put.tolist()) == (dtype, expected.tolist())


def test_older_versions_only_put_slices():
    assert scatter_slices_first(torch.zeros(2, 2), torch.tensor([[1]]), torch.ones(1, 2)).tolist() == [[0, 0], [1, 1]]


def test_data_stay_as_they_were():
    data = torch.zeros(3)
    scatter_elements(data, torch.tensor([0]), torch.ones(1))
    assert data.tolist() == [0, 0, 0]


def test_gradients_go_to_what_was_put_and_to_what_was_kept():
    data, updates = torch.zeros(2, requires_grad=True), torch.ones(1, requires_grad=True)
    total = (scatter_slices(data, torch.tensor([[1]]), updates) * torch.tensor([2.0, 3.0])).sum()
    gradients = torch.autograd.grad(total, (data, updates))
    assert [gradient.tolist() for gradient in gradients] == [[2, 0], [3]]


def test_a_cache_is_written_from_a_place_of_each_sequence():
    cache, update = torch.zeros(2, 4, 1), torch.arange(1.0, 5).reshape(2, 2, 1)
    written = tensor_scatter(cache, update, torch.tensor([1, 2]))
    assert written[..., 0].tolist() == [[0, 1, 2, 0], [0, 0, 3, 4]]


def test_a_cache_is_written_around_its_end():
    written = tensor_scatter(torch.zeros(1, 3, 1), torch.tensor([[[1.0], [2.0]]]), torch.tensor([2]), mode="circular")
    assert written[..., 0].tolist() == [[2, 0, 1]]


def test_a_cache_is_written_from_its_start_by_default():
    assert tensor_scatter(torch.zeros(1, 2, 3), torch.ones(1, 2, 1), axis=2).tolist() == [[[1, 0, 0], [1, 0, 0]]]


@pytest.mark.parametrize("depth", [3, (3,), 3.0], ids=str)
def test_indices_name_places_along_a_new_axis(depth: object):
    assert one_hot(torch.tensor([0, -1, 3, -4]), depth, OFF_ON).tolist() == [[5, 2, 2], [2, 2, 5], [2] * 3, [2] * 3]


def test_the_new_axis_may_be_the_first():
    assert one_hot(torch.tensor([0.0, 1.0]), 3, OFF_ON, axis=0).tolist() == [[5, 2], [2, 5], [2, 2]]


def test_negative_indices_named_nothing_at_first():
    assert one_hot_first(torch.tensor([-1, 1]), 2, OFF_ON).tolist() == [[2, 2], [2, 5]]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda old, new: scatter_elements(old, torch.tensor([-1]), new), ["a", "c"]),
        (lambda old, new: scatter_slices(old, torch.tensor([[0]]), new), ["c", "b"]),
        (lambda old, _: one_hot(torch.tensor([1]), 2, old), [["a", "b"]]),
    ],
    ids=["scatter_elements", "scatter_slices", "one_hot"],
)
def test_texts_are_put_as_numbers_are(made, expected: list):
    old, new = np.array(["a", "b"], dtype=object), np.array(["c"], dtype=object)
    assert made(old, new).tolist() == expected
