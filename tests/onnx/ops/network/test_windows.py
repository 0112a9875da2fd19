"""Windows, and the padding around them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.network.windows import (
    cells,
    int_max,
    is_open,
    ones,
    padded,
    paddings,
    reach,
    same_padded,
    split_evenly,
    surplus,
)

small = st.integers(1, 5)


@given(st.integers(1, 30), small, small)
def test_same_padding_gives_one_window_a_stride(size: int, span: int, stride: int):
    before, after = paddings((size,), (span,), (stride,), auto_pad="SAME_LOWER", pads=None)
    assert (size + before[0] + after[0] - span) // stride + 1 == -(-size // stride)


@given(st.integers(6, 30), small, small, st.integers(0, 2), st.integers(0, 2))
def test_a_surplus_makes_as_many_windows_as_torch_makes(size: int, kernel: int, stride: int, first: int, last: int):
    pad = min(first, kernel // 2)
    (more,) = surplus((size,), (kernel,), (stride,), (pad,), (pad,))
    pooled = torch.max_pool1d(torch.zeros(1, 1, size), kernel, stride, pad, ceil_mode=True)
    assert (size + 2 * pad + more - kernel) // stride + 1 == pooled.shape[-1]


@pytest.mark.parametrize(("upper", "expected"), [(True, ((1, 1), (1, 2))), (False, ((1, 2), (1, 1)))])
def test_the_odd_one_goes_to_the_side_that_is_named(upper: bool, expected: tuple[tuple[int, int], tuple[int, int]]):
    assert split_evenly((2, 3), more_after=upper) == expected


def test_only_same_padding_with_strides_depends_on_sizes():
    assert [is_open(way, (step,)) for way in ("SAME_UPPER", "VALID") for step in (1, 2)] == [False, True, False, False]


def test_negative_padding_takes_away():
    assert padded(torch.arange(4.0), (-1,), (1,), 9).tolist() == [1, 2, 3, 9]


def test_same_padding_adds_behind():
    x = torch.ones(1, 1, 3)
    assert same_padded(x, spans=(2,), strides=(2,), auto_pad="SAME_UPPER").tolist() == [[[1, 1, 1, 0]]]


def test_dilated_windows_skip_elements():
    seen = cells(torch.arange(12.0).reshape(1, 1, 3, 4), (2, 2), (1, 1), (2, 1))
    assert seen[0, 0, 0, 0].tolist() == [[0, 1], [8, 9]]


def test_what_is_left_out_is_one():
    assert (ones(None, 2), ones((3,), 1), reach((3,), (4,)), int_max(2, 5)) == ((1, 1), (3,), (9,), 5)
