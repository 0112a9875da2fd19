"""Convolutions of small integers."""

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import dtype_code
from leyden.onnx.ops.network.convolution import conv
from leyden.onnx.ops.quantised.linear import requantised
from leyden.onnx.ops.quantised.matrix import centred, exact_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["convolve_integers", "convolve_quantised"]


@operator("ConvInteger", since=10)
def convolve_integers(
    x: Tensor, w: Tensor, x_zero_point: Tensor | None = None, w_zero_point: Tensor | None = None, *,
    auto_pad: str = "NOTSET", dilations: tuple[int, ...] | None = None, group: int = 1,
    kernel_shape: tuple[int, ...] | None = None, pads: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Convolve integers of eight bits; what is added around them stands for zero, not for the number 0.

    Examples:
        >>> ones = torch.ones(1, 1, 3, dtype=torch.uint8)
        >>> convolve_integers(ones, ones, torch.tensor(3, dtype=torch.uint8), pads=(1, 1))
        tensor([[[-4, -6, -4]]], dtype=torch.int32)
    """
    dtype = exact_dtype(w[0].numel())
    centre, kernel = centred(x, x_zero_point, dtype), centred(w, _channels(w_zero_point, w), dtype)
    total = conv(
        centre, kernel, auto_pad=auto_pad, dilations=dilations, group=group, kernel_shape=kernel_shape, pads=pads,
        strides=strides,
    )  # fmt: skip
    return torch.round(total).to(torch.int32)


@operator("QLinearConv", since=10)
def convolve_quantised(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor, w: Tensor, w_scale: Tensor, w_zero_point: Tensor,
    y_scale: Tensor, y_zero_point: Tensor, b: Tensor | None = None, *, auto_pad: str = "NOTSET",
    dilations: tuple[int, ...] | None = None, group: int = 1, kernel_shape: tuple[int, ...] | None = None,
    pads: tuple[int, ...] | None = None, strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Convolve quantised numbers, add a bias of the scale of the products, and quantise the sum."""
    total = convolve_integers(
        x, w, x_zero_point, w_zero_point, auto_pad=auto_pad, dilations=dilations, group=group,
        kernel_shape=kernel_shape, pads=pads, strides=strides,
    )  # fmt: skip
    if b is not None:
        total = total + b.reshape(-1, *(1,) * (w.dim() - 2))
    scale = x_scale.reshape(()) * w_scale / y_scale.reshape(())
    scale = scale.reshape(-1, *(1,) * (w.dim() - 2)) if scale.numel() > 1 else scale.reshape(())
    # Sums of 32 bits do not fit float32.
    quotient = total.to(torch.float64) * scale.to(torch.float64)
    return requantised(quotient, y_zero_point.reshape(()), dtype_code(y_zero_point.dtype))


def _channels(value: Tensor | None, w: Tensor) -> Tensor | None:
    return value.reshape(-1, *(1,) * (w.dim() - 1)) if value is not None and value.numel() > 1 else value
