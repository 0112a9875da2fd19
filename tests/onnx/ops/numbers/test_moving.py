"""Numbers moved as tensors are; anything may stand in their place."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.numbers.moving import (
    concat,
    cut,
    expand,
    gather,
    identity,
    reshape,
    split,
    squeeze,
    tile,
    transpose,
    unsqueeze,
)
from leyden.onnx.ops.shaping import slicing

MATRIX = ((1, 2, 3), (4, 5, 6))


def test_anything_is_joined():
    size = object()
    assert concat((size,), (3, -1), axis=0) == (size, 3, -1)


def test_rows_are_joined():
    assert concat(MATRIX, ((7,), (8,)), axis=1) == ((1, 2, 3, 7), (4, 5, 6, 8))


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("indices", [1, (0, -1), ((1, 0),)], ids=str)
def test_numbers_are_taken_as_numpy_takes_them(indices: object, axis: int):
    expected = np.take(np.array(MATRIX), np.array(indices), axis)
    assert np.array_equal(np.array(gather(MATRIX, indices, axis=axis)), expected)


def test_an_index_that_is_not_known_is_left_to_tensors():
    with pytest.raises(TypeError, match="not known beforehand"):
        gather((1, 2), object())


BOUNDS = st.one_of(st.integers(-5, 5), st.sampled_from([2**63 - 1, -(2**62)]))


@given(BOUNDS, BOUNDS, st.sampled_from([1, 2, -1, -2]))
def test_numbers_are_cut_as_tensors_are(start: int, end: int, step: int):
    expected = slicing.cut(torch.arange(3), (start,), (end,), (0,), (step,)).tolist()
    assert list(cut((0, 1, 2), (start,), (end,), (0,), (step,))) == expected


def test_rows_are_cut():
    assert cut(MATRIX, (-1, 0), (-9, 2), (0, 1), (-1, 1)) == ((4, 5), (1, 2))


def test_axes_of_size_one_are_left_out():
    assert (squeeze((5,)), squeeze(((5, 6),), (0,)), squeeze((5,), (0,))) == (5, (5, 6), 5)


def test_axes_of_size_one_are_put_in():
    assert (unsqueeze(5, (0,)), unsqueeze((5, 6), (-1,)), unsqueeze(5, (0, 1))) == ((5,), ((5,), (6,)), ((5,),))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((-1, 2), ((1, 2), (3, 4), (5, 6))), ((6,), (1, 2, 3, 4, 5, 6)), ((0, -1), MATRIX), ((-1,), (1, 2, 3, 4, 5, 6))],
)
def test_numbers_get_other_axes(shape: tuple[int, ...], expected: object):
    assert reshape(MATRIX, shape) == expected


def test_numbers_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="6 numbers do not fit the shape"):
        reshape(MATRIX, (4, 2))


def test_rows_become_columns():
    assert (transpose(MATRIX), transpose((1, 2))) == (((1, 4), (2, 5), (3, 6)), (1, 2))


def test_one_number_is_repeated():
    assert (expand(5, (3,)), expand((5, 6), (1,)), expand(5, ())) == ((5, 5, 5), (5, 6), 5)


def test_numbers_are_repeated():
    assert tile((5, 6), (2,)) == (5, 6, 5, 6)


def test_numbers_are_taken_apart():
    assert (split((1, 2, 3), (1, 2)), split((1, 2, 3), output_count=2)) == (((1,), (2, 3)), ((1, 2), (3,)))


def test_numbers_are_passed_on():
    assert identity(MATRIX) is MATRIX


@pytest.mark.parametrize(
    "moved",
    [
        lambda: transpose(((MATRIX,),)),
        lambda: tile(MATRIX, (1, 1)),
        lambda: expand(MATRIX, (2, 3)),
        lambda: split(MATRIX, axis=1),
    ],
    ids=["transpose", "tile", "expand", "split"],
)
def test_more_axes_are_left_to_tensors(moved):
    with pytest.raises(TypeError, match=r"as tensors only|first axis only"):
        moved()
