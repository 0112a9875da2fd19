"""Convolutions of small integers against those of float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from leyden.onnx.ops.quantised.convolving import convolve_integers, convolve_quantised


def drawn(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8))


@pytest.mark.parametrize("group", [1, 2])
def test_sums_are_exact_and_the_rim_is_zero(group: int):
    x, w = drawn(2, 4, 6, 6), drawn(6, 4 // group, 3, 3)
    zeros = torch.tensor(120, dtype=torch.uint8), torch.tensor(7, dtype=torch.uint8)
    result = convolve_integers(x, w, *zeros, pads=(1, 0, 1, 0), strides=(2, 1), group=group)
    expected = functional.conv2d(x.double() - 120, w.double() - 7, None, (2, 1), (1, 0), 1, group)
    assert torch.equal(result, expected.to(torch.int32))


def test_each_channel_has_its_own_zero_point():
    x, w = torch.ones(1, 1, 2, dtype=torch.uint8), torch.ones(2, 1, 2, dtype=torch.uint8)
    result = convolve_integers(x, w, None, torch.tensor([0, 3], dtype=torch.uint8))
    assert result.tolist() == [[[2], [-4]]]


def test_the_same_size_comes_out():
    x, w = torch.ones(1, 1, 4, dtype=torch.int8), torch.ones(1, 1, 2, dtype=torch.int8)
    assert convolve_integers(x, w, auto_pad="SAME_LOWER").tolist() == [[[1, 2, 2, 2]]]


@pytest.mark.parametrize("scales", [[0.01], [0.01, 0.02, 0.03]], ids=["one", "each"])
def test_a_quantised_convolution_is_that_of_real_numbers_quantised(scales: list[float]):
    x, w, bias = drawn(1, 2, 5, 5), drawn(3, 2, 3, 3), torch.tensor([1000, -1000, 0], dtype=torch.int32)
    x_zero, y_zero = torch.tensor(120, dtype=torch.uint8), torch.tensor(128, dtype=torch.uint8)
    w_zero, w_scale = torch.full((len(scales),), 127, dtype=torch.uint8), torch.tensor(scales)
    result = convolve_quantised(
        x, torch.tensor(0.05), x_zero, w, w_scale, w_zero, torch.tensor(2.0), y_zero, bias, pads=(1, 1, 1, 1)
    )
    scale = w_scale.double().reshape(-1, 1, 1) * 0.05
    total = functional.conv2d(x.double() - 120, w.double() - 127, bias.double(), 1, 1) * scale
    expected = torch.clamp(torch.round(total / 2) + 128, 0, 255)
    assert result.dtype == torch.uint8
    # A sum may lie so near the middle that the product of two scales of float32 decides.
    assert (result.double() - expected).abs().max() <= 1
    assert (result.double() != expected).double().mean() < 0.02
