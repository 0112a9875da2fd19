"""Rounding down, up, and to the nearest."""

import pytest
import torch

from leyden.onnx.ops.elementwise import rounding

X = torch.tensor([-2.5, -1.5, -0.4, 0.5, 1.5, 2.6, float("inf")])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_middle_goes_to_the_even_neighbour(dtype: torch.dtype):
    expected = torch.tensor([-2, -2, 0, 0, 2, 3, float("inf")], dtype=dtype)
    assert torch.equal(rounding.round_to_even(X.to(dtype)), expected)


def test_floor_goes_down():
    assert rounding.floor(X).tolist() == [-3, -2, -1, 0, 1, 2, float("inf")]


def test_ceil_goes_up():
    assert rounding.ceil(X).tolist() == [-2, -1, 0, 1, 2, 3, float("inf")]
