"""Convolutions and their transposes."""

import pytest
import torch

from leyden.onnx.ops.network.convolution import conv, conv_transpose

SIZES = [(9,), (7, 8), (5, 6, 4)]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("way", ["SAME_UPPER", "SAME_LOWER", "VALID"])
def test_padding_by_itself_agrees_with_onnxruntime(agrees, sizes, way):
    axes = len(sizes)
    x, w, b = torch.randn(2, 4, *sizes), torch.randn(6, 2, *(3, 2, 3)[:axes]), torch.randn(6)
    agrees("Conv", x, w, b, group=2, auto_pad=way, strides=(2,) * axes)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_pads_that_differ_between_sides_agree_with_onnxruntime(agrees, sizes):
    axes = len(sizes)
    x, w = torch.randn(2, 3, *sizes), torch.randn(4, 3, *(3, 2, 2)[:axes])
    agrees("Conv", x, w, pads=(2, 0, 1)[:axes] + (1, 1, 0)[:axes], dilations=(1, 2, 1)[:axes])


def test_four_axes_are_a_sum_over_the_kernel():
    x, w, b = torch.randn(2, 2, 4, 5, 4, 3), torch.randn(3, 2, 1, 2, 2, 2), torch.randn(3)
    whole = conv(x, w, b, strides=(2, 1, 1, 1))
    one = conv(x[:, :, 2], w[:, :, 0], b)
    torch.testing.assert_close(whole[:, :, 1], one)


def test_no_axes_of_space_are_a_linear_map():
    x, w, b = torch.randn(2, 4), torch.randn(6, 2), torch.randn(6)
    parts = [part @ kernel.t() for part, kernel in zip(x.chunk(2, 1), w.chunk(2), strict=True)]
    torch.testing.assert_close(conv(x, w, b, group=2), torch.cat(parts, 1) + b)


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"pads": (1, 0, 0, 2), "strides": (2, 3)},
        {"pads": (1, 1, 0, 0), "strides": (2, 2), "output_padding": (1, 0)},
        {"output_shape": (10, 9), "strides": (2, 2)},
        {"output_shape": (10, 9), "strides": (2, 2), "auto_pad": "SAME_UPPER"},
        {"auto_pad": "SAME_UPPER", "strides": (2, 2)},
        {"auto_pad": "SAME_LOWER", "strides": (2, 1)},
        {"auto_pad": "VALID", "dilations": (2, 1)},
    ],
    ids=str,
)
def test_the_transpose_agrees_with_onnxruntime(agrees, attributes):
    x, w, b = torch.randn(2, 4, 5, 6), torch.randn(4, 3, 3, 2), torch.randn(6)
    agrees("ConvTranspose", x, w, b, group=2, **attributes)


def test_same_padding_of_a_transpose_multiplies_sizes_even_when_the_kernel_is_smaller_than_the_stride():
    result = conv_transpose(
        torch.ones(1, 1, 2), torch.ones(1, 1, 1), torch.ones(1), auto_pad="SAME_UPPER", strides=(3,)
    )
    assert result.tolist() == [[[2, 1, 1, 2, 1, 1]]]


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
def test_the_transpose_is_the_gradient_of_the_convolution(axes):
    x = torch.randn(2, 4, *(5, 4, 3, 5)[:axes], requires_grad=True)
    w = torch.randn(6, 2, *(2, 3, 1, 2)[:axes])
    settings = {"strides": (1, 2, 2, 1)[:axes], "pads": (1, 0, 0, 1)[:axes] + (0, 1, 0, 0)[:axes], "group": 2}
    y = conv(x, w, **settings)
    weight = torch.randn_like(y)
    (gradient,) = torch.autograd.grad((y * weight).sum(), x)
    back = conv_transpose(weight, w, **settings, output_padding=tuple((0, 1, 0, 0)[:axes]))
    kept = tuple(slice(0, min(size, have)) for size, have in zip(back.shape, gradient.shape, strict=True))
    torch.testing.assert_close(back[kept], gradient[kept])


def test_what_is_asked_for_beyond_all_that_is_computed_is_the_bias():
    result = conv_transpose(torch.ones(1, 1, 1), torch.ones(1, 1, 2), torch.ones(1), output_shape=(4,))
    assert result.tolist() == [[[2, 2, 1, 1]]]
