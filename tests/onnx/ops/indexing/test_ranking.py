"""The largest elements, and those that differ."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.indexing import ranking
from leyden.onnx.ops.indexing.ranking import topk, topk_first, topk_largest, unique


def slowly(row: Sequence[float], k: int, largest: int) -> list[int]:
    """Sort places by their values, and equal ones by their order."""
    return sorted(range(len(row)), key=lambda place: (-row[place] if largest else row[place], place))[:k]


@given(st.lists(st.integers(-2, 2), min_size=3, max_size=8), st.sampled_from([0, 1]))
def test_of_equal_elements_the_first_is_taken(row: list[int], largest: int):
    assert topk(torch.tensor(row), (3,), largest=largest)[1].tolist() == slowly(row, 3, largest)


@pytest.mark.parametrize("largest", [0, 1])
@pytest.mark.parametrize("axis", [0, -2, 1])
def test_many_elements_are_ranked_as_few_are(largest: int, axis: int):
    x = torch.randn(ranking._MANY, ranking._MANY).mul(4).round()
    x[0, 3] = -0.0
    values, places = topk(x, 5, axis=axis, largest=largest)
    sorted_values, sorted_places = x.sort(dim=axis, descending=bool(largest), stable=True)
    alike = torch.equal(values, sorted_values.narrow(axis, 0, 5))
    assert (alike, torch.equal(places, sorted_places.narrow(axis, 0, 5))) == (True, True)


def test_infinite_numbers_are_ranked_among_many():
    x = torch.zeros(ranking._MANY)
    x[7], x[9] = float("inf"), float("-inf")
    assert (topk(x, 1)[1].item(), topk(x, 1, largest=0)[1].item()) == (7, 9)


@pytest.mark.parametrize("dtype", [torch.uint64, torch.uint8, torch.float16], ids=str)
def test_other_types_are_ranked(dtype: torch.dtype):
    assert topk(torch.tensor([1, 3, 2]).to(dtype), 2)[0].tolist() == [3, 2]


def test_the_number_was_an_attribute_at_first():
    assert topk_first(torch.tensor([1.0, 3.0, 2.0]), k=1)[0].tolist() == [3]


def test_only_the_largest_were_taken_before():
    assert topk_largest(torch.tensor([1.0, 3.0, 2.0]), (2,))[1].tolist() == [1, 2]


@pytest.mark.parametrize("many", [False, True])
def test_values_have_gradients(many: bool):
    x = torch.zeros(ranking._MANY if many else 4)
    x[2] = 1
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(topk(x, 1)[0].sum(), x)
    assert gradient.nonzero().tolist() == [[2]]


@pytest.mark.parametrize("axis", [None, 0, 1])
@given(st.lists(st.lists(st.integers(0, 1), min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_differs_is_what_numpy_says(axis: int | None, rows: list[list[int]]):
    found = unique(torch.tensor(rows), axis=axis)
    expected = np.unique(rows, return_index=True, return_inverse=True, return_counts=True, axis=axis)
    assert [part.tolist() for part in found] == [
        np.ravel(part).tolist() if at else part.tolist() for at, part in enumerate(expected)
    ]


def test_what_differs_is_in_the_order_of_its_first_places():
    found = unique(torch.tensor([2.0, 1.0, 1.0, 3.0, 4.0, 3.0]), sorted=0)
    assert [part.tolist() for part in found] == [[2, 1, 3, 4], [0, 1, 3, 4], [0, 1, 1, 2, 3, 2], [1, 2, 2, 1]]


def test_texts_that_differ_are_found():
    found = unique(np.array(["b", "a", "b"], dtype=object), sorted=1)
    assert [part.tolist() for part in found] == [["a", "b"], [1, 0], [1, 0, 1], [1, 2]]
