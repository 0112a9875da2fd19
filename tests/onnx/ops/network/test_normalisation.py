"""Normalisation of each sample by itself."""

import pytest
import torch
from torch.nn import functional

from leyden.onnx.ops.network.normalisation import group_norm, group_norm_18, layer_norm, lrn, rms_norm


@pytest.mark.parametrize("sizes", [(5,), (4, 3), (2, 3, 2), (1, 1)], ids=str)
def test_instances_agree_with_onnxruntime(agrees, sizes):
    agrees("InstanceNormalization", torch.randn(2, 3, *sizes), torch.rand(3), torch.rand(3), epsilon=1e-2)


@pytest.mark.parametrize("axis", [-1, 1, -2])
@pytest.mark.parametrize("bias", [True, False])
def test_layers_agree_with_onnxruntime(agrees, axis, bias):
    x = torch.randn(2, 3, 4)
    shape = x.shape[axis:]
    agrees("LayerNormalization", x, torch.rand(shape), torch.rand(shape) if bias else None, count=3, axis=axis)


def test_a_scale_of_a_layer_may_be_smaller_than_the_axes():
    x, scale = torch.randn(2, 3, 4), torch.rand(4)
    right = functional.layer_norm(x, (3, 4)) * scale
    torch.testing.assert_close(layer_norm(x, scale, axis=1), right)


def test_means_of_half_precision_are_given_in_full():
    _, mean, inverse = layer_norm(torch.randn(2, 4).half(), torch.ones(4).half(), output_count=3)
    assert (mean.dtype, inverse.dtype) == (torch.float32, torch.float32)


def test_the_scale_of_groups_was_theirs_and_became_the_channels():
    x, scale, bias = torch.randn(2, 4, 3), torch.rand(2), torch.rand(2)
    wide = scale.repeat_interleave(2), bias.repeat_interleave(2)
    torch.testing.assert_close(group_norm_18(x, scale, bias, num_groups=2), group_norm(x, *wide, num_groups=2))


def test_groups_of_channels_have_mean_zero():
    y = group_norm(torch.randn(2, 4, 5), torch.ones(4), torch.zeros(4), num_groups=2)
    torch.testing.assert_close(y.reshape(2, 2, -1).mean(-1), torch.zeros(2, 2), atol=1e-6, rtol=0)


@pytest.mark.parametrize("scale", [torch.tensor([2.0, 1.0]), torch.tensor([2.0])], ids=["full", "one"])
def test_roots_of_mean_squares_divide(scale):
    y = rms_norm(torch.tensor([[3.0, 4.0]]), scale, epsilon=0.0)
    right = torch.tensor([[3.0, 4.0]]) / 12.5**0.5 * scale
    torch.testing.assert_close(y, right)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_neighbours_among_channels_agree_with_onnxruntime(agrees, size):
    agrees("LRN", torch.randn(2, 6, 3, 4), size=size, alpha=0.5, beta=0.6, bias=2.0)


def test_of_an_even_number_of_neighbours_more_are_behind():
    x = torch.tensor([1.0, 2.0, 3.0]).reshape(1, 3, 1)
    assert lrn(x, size=2, alpha=2.0, beta=1.0, bias=0.0).flatten().tolist() == pytest.approx([1 / 5, 2 / 13, 3 / 9])
