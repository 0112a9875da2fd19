"""The same elements in another shape."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.shaping.layout import (
    axis_size,
    expand,
    flatten,
    reshape,
    reshape_fixed,
    shape,
    size,
    squeeze,
    squeeze_fixed,
    transpose,
    unsqueeze,
    unsqueeze_fixed,
)

X = torch.arange(24).reshape(2, 3, 4)
TEXTS = np.array([["a", "b", "c"]], dtype=object)


@pytest.mark.parametrize(
    ("start", "end", "sizes"), [(0, None, (2, 3, 4)), (-1, None, (4,)), (0, -1, (2, 3)), (-9, 1, (2,)), (2, 1, ())]
)
def test_shape_of_some_axes(start: int, end: int | None, sizes: tuple[int, ...]):
    assert shape(X, start=start, end=end) == sizes


def test_size_counts_elements():
    assert size(X) == 24


def test_axis_size_is_one_of_them():
    assert axis_size(X, 1) == 3


@pytest.mark.parametrize(
    ("wanted", "sizes"), [((4, 6), (4, 6)), ((0, -1), (2, 12)), ((-1, 0, 2), (4, 3, 2)), ((24,), (24,))]
)
def test_zero_keeps_a_size_and_minus_one_takes_what_is_left(wanted: tuple[int, ...], sizes: tuple[int, ...]):
    assert reshape(X, wanted).shape == sizes


def test_zero_is_a_size_if_that_is_allowed():
    assert reshape(torch.zeros(0, 3), (3, 0), allowzero=1).shape == (3, 0)


def test_reshape_takes_an_attribute():
    assert reshape_fixed(X, shape=(0, -1)).shape == (2, 12)


def test_axes_are_turned_around_by_default():
    assert torch.equal(transpose(X), X.permute(2, 1, 0))


def test_axes_are_reordered():
    assert transpose(X, perm=(1, 0, 2)).shape == (3, 2, 4)


@given(st.lists(st.integers(0, 3), max_size=4), st.integers(-4, 4))
def test_flatten_gives_two_axes(sizes: list[int], axis: int):
    axis = max(min(axis, len(sizes)), -len(sizes))
    x = torch.zeros(sizes)
    rows = int(np.prod(sizes[: axis if axis >= 0 else axis + len(sizes)]))
    assert flatten(x, axis=axis).shape == (rows, int(np.prod(sizes[axis if axis >= 0 else axis + len(sizes) :])))


@pytest.mark.parametrize(("axes", "sizes"), [(None, (2,)), ((0,), (2, 1)), ((-1, 0), (2,)), (-1, (1, 2))])
def test_squeeze_leaves_out_axes_of_size_one(axes: tuple[int, ...] | None, sizes: tuple[int, ...]):
    assert squeeze(torch.zeros(1, 2, 1), axes).shape == sizes


def test_squeeze_takes_an_attribute():
    assert squeeze_fixed(torch.zeros(1, 2, 1), axes=(2,)).shape == (1, 2)


@pytest.mark.parametrize(("axes", "sizes"), [((4, 0), (1, 3, 4, 5, 1)), ((-1,), (3, 4, 5, 1)), (1, (3, 1, 4, 5))])
def test_unsqueeze_counts_places_in_the_result(axes: tuple[int, ...], sizes: tuple[int, ...]):
    assert unsqueeze(torch.zeros(3, 4, 5), axes).shape == sizes


def test_unsqueeze_takes_an_attribute():
    assert unsqueeze_fixed(torch.zeros(3), axes=(0, 1)).shape == (1, 1, 3)


@given(st.lists(st.sampled_from([1, 1, 3]), max_size=4), st.lists(st.sampled_from([1, 1, 3]), max_size=4))
def test_expand_broadcasts_both_ways(sizes: list[int], wanted: list[int]):
    assert expand(torch.zeros(sizes), tuple(wanted)).shape == np.broadcast_shapes(tuple(sizes), tuple(wanted))


def test_expand_needs_no_memory():
    assert expand(torch.zeros(1), (2**40,)).untyped_storage().nbytes() == 4


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: reshape(TEXTS, (3, 1)), [["a"], ["b"], ["c"]]),
        (lambda: transpose(TEXTS), [["a"], ["b"], ["c"]]),
        (lambda: flatten(TEXTS, axis=0), [["a", "b", "c"]]),
        (lambda: squeeze(TEXTS, (0,)), ["a", "b", "c"]),
        (lambda: unsqueeze(TEXTS, (0,)), [[["a", "b", "c"]]]),
        (lambda: expand(TEXTS, (2, 3)), [["a", "b", "c"], ["a", "b", "c"]]),
    ],
    ids=["reshape", "transpose", "flatten", "squeeze", "unsqueeze", "expand"],
)
def test_texts_are_moved_as_numbers_are(made, expected: list):
    assert made().tolist() == expected
