"""Pad, against NumPy: modes, ranks, types, negative numbers."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.onnx.ops.shaping.padding import pad, pad_first, pad_fixed

MODES = ("constant", "reflect", "edge", "wrap")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.int32, torch.bool, torch.uint16], ids=str)
@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=4),
)
def test_padding_is_the_one_of_numpy(mode: Any, dtype: torch.dtype, axes: list[tuple[int, int, int]]):
    sizes, heads, tails = zip(*axes, strict=True)
    x = torch.arange(int(np.prod(sizes))).reshape(sizes).to(dtype)
    expected = np.pad(x.numpy(), list(zip(heads, tails, strict=True)), mode)
    assert np.array_equal(pad(x, (*heads, *tails), mode=mode).numpy(), expected)


@pytest.mark.parametrize("mode", MODES)
def test_a_negative_number_takes_elements_away_first(mode: Any):
    x = torch.arange(5.0)
    expected = np.pad(x.numpy()[1:], (0, 2), mode)
    assert np.array_equal(pad(x, (-1, 2), mode=mode).numpy(), expected)


def test_only_some_axes_are_padded():
    assert pad(torch.zeros(2, 3, 4), (1, 2, 0, 0), None, (-1, 0)).shape == (4, 3, 5)


def test_the_constant_has_the_type_of_the_data():
    assert pad(torch.tensor([1], dtype=torch.uint8), (1, 0), 250).tolist() == [250, 1]


def test_the_constant_may_be_true():
    assert pad(torch.tensor([False]), (1, 0), True).tolist() == [True, False]


def test_numbers_of_eight_bits_are_padded_too():
    x = torch.ones(2).to(torch.float8_e8m0fnu)
    assert pad(x, (1, 0), 2.0).float().tolist() == [2, 1, 1]


def test_numbers_of_padding_were_an_attribute_before():
    assert pad_fixed(torch.ones(2), pads=(1, 1), value=3.0).tolist() == [3, 1, 1, 3]


def test_numbers_of_padding_had_another_name_at_first():
    assert pad_first(torch.ones(2), paddings=(1, 0), mode="edge").tolist() == [1, 1, 1]


@pytest.mark.parametrize(("mode", "expected"), [("constant", ["", "a", "b"]), ("edge", ["a", "a", "b"])])
def test_texts_are_padded_with_nothing(mode: str, expected: list[str]):
    assert pad(np.array(["a", "b"], dtype=object), (1, 0), mode=mode).tolist() == expected


@pytest.mark.parametrize("sizes", [(2, 3, 5, 6), (3, 5, 6), (5, 6)], ids=str)
def test_reflected_images_have_gradients(sizes: tuple[int, ...]):
    x = torch.randn(sizes, dtype=torch.float64, requires_grad=True)
    pads = (0,) * (len(sizes) - 2) + (2, 1)
    assert torch.autograd.gradcheck(lambda data: pad(data, (*pads, *pads), mode="reflect"), x)
