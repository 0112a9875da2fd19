"""Slice and CenterCropPad."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.shaping.slicing import center_crop_pad, cut, cut_fixed

BOUNDS = st.one_of(st.integers(-8, 8), st.sampled_from([2**63 - 1, -(2**62), 2**31 - 1]))


def slowly(size: int, start: int, end: int, step: int) -> list[int]:
    """Compute what the text of the operator says."""
    start, end = (bound + size if bound < 0 else bound for bound in (start, end))
    if step > 0:
        return list(range(min(max(start, 0), size), min(max(end, 0), size), step))
    return list(range(min(max(start, 0), size - 1), min(max(end, -1), size - 1), step))


@given(st.integers(1, 6), BOUNDS, BOUNDS, st.sampled_from([1, 2, 5, -1, -2, -5]))
def test_slices_are_as_the_operator_says(size: int, start: int, end: int, step: int):
    assert cut(torch.arange(size), (start,), (end,), (0,), (step,)).tolist() == slowly(size, start, end, step)


def test_several_axes_are_cut_some_backwards():
    x = torch.arange(60).reshape(3, 4, 5)
    taken = cut(x, (0, -1), (2, 0), (-1, 0), (1, -1))
    assert np.array_equal(taken.numpy(), x.numpy()[-1:0:-1, :, 0:2])


def test_one_number_may_stand_for_a_list():
    assert cut(torch.arange(5), 1, 3, 0).tolist() == [1, 2]


def test_starts_and_ends_were_attributes_before():
    assert cut_fixed(torch.arange(8).reshape(2, 4), starts=(0, 1), ends=(-1, 1000)).tolist() == [[1, 2, 3]]


def test_texts_are_cut():
    assert cut(np.array(["a", "b", "c"], dtype=object), (-1,), (-9,), None, (-2,)).tolist() == ["c", "a"]


def test_what_is_cut_has_gradients():
    x = torch.zeros(4, requires_grad=True)
    (gradient,) = torch.autograd.grad(cut(x, (-1,), (-9,), (0,), (-2,)).sum(), x)
    assert gradient.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("size", "wanted", "expected"),
    [(5, 2, [2, 3]), (5, 3, [2, 3, 4]), (3, 6, [0, 1, 2, 3, 0, 0]), (2, 4, [0, 1, 2, 0]), (2, 2, [1, 2])],
)
def test_the_middle_is_kept(size: int, wanted: int, expected: list[int]):
    assert center_crop_pad(torch.arange(1, size + 1), (wanted,)).tolist() == expected


def test_only_some_axes_get_new_sizes():
    assert center_crop_pad(torch.zeros(5, 6, 3), (4, 8), axes=(-3, 1)).shape == (4, 8, 3)
