"""Operators on quantised numbers that onnxruntime adds to ONNX's, as its quantiser writes them."""

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import dtype_code
from leyden.onnx.ops.network.average import average_pool
from leyden.onnx.ops.quantised.linear import dequantise, quantise, quantise_dynamically, requantised
from leyden.onnx.ops.quantised.matrix import multiply_integers
from leyden.onnx.ops.registry import operator

__all__ = [
    "quantised_add", "quantised_average_pool", "quantised_concat", "quantised_gemm", "quantised_global_average_pool",
    "quantised_leaky_relu", "quantised_multiply", "quantised_sigmoid", "quantised_softmax", "scaled_dynamic_product",
    "scaled_product",
]  # fmt: skip

_DOMAIN = "com.microsoft"

operator("QuantizeLinear", domain=_DOMAIN)(quantise)
operator("DequantizeLinear", domain=_DOMAIN)(dequantise)


@operator("QLinearAdd", domain=_DOMAIN)
def quantised_add(
    a: Tensor, a_scale: Tensor, a_zero_point: Tensor | None, b: Tensor, b_scale: Tensor, b_zero_point: Tensor | None,
    c_scale: Tensor, c_zero_point: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Add quantised numbers, and quantise the sum."""
    total = dequantise(a, a_scale, a_zero_point) + dequantise(b, b_scale, b_zero_point)
    return _back(total, c_scale, c_zero_point, a)


@operator("QLinearMul", domain=_DOMAIN)
def quantised_multiply(
    a: Tensor, a_scale: Tensor, a_zero_point: Tensor | None, b: Tensor, b_scale: Tensor, b_zero_point: Tensor | None,
    c_scale: Tensor, c_zero_point: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Multiply quantised numbers, and quantise the product."""
    product = dequantise(a, a_scale, a_zero_point) * dequantise(b, b_scale, b_zero_point)
    return _back(product, c_scale, c_zero_point, a)


@operator("QLinearSigmoid", domain=_DOMAIN)
def quantised_sigmoid(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor | None, y_scale: Tensor, y_zero_point: Tensor | None = None
) -> Tensor:
    """Give the logistic function of quantised numbers, quantised."""
    return _back(torch.sigmoid(dequantise(x, x_scale, x_zero_point)), y_scale, y_zero_point, x)


@operator("QLinearLeakyRelu", domain=_DOMAIN)
def quantised_leaky_relu(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor | None, y_scale: Tensor, y_zero_point: Tensor | None = None, *,
    alpha: float = 0.01,
) -> Tensor:  # fmt: skip
    """Give quantised numbers, negative ones times `alpha`, quantised."""
    real = torch.nn.functional.leaky_relu(dequantise(x, x_scale, x_zero_point), alpha)
    return _back(real, y_scale, y_zero_point, x)


@operator("QLinearSoftmax", domain=_DOMAIN)
def quantised_softmax(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor | None, y_scale: Tensor, y_zero_point: Tensor, *, axis: int = -1,
    opset: int = 13,
) -> Tensor:  # fmt: skip
    """Give the shares of the exponentials of quantised numbers, quantised; before opset 13 of all axes from one on."""
    real = dequantise(x, x_scale, x_zero_point)
    if opset >= 13:
        return _back(torch.softmax(real, axis), y_scale, y_zero_point, x)
    flat = real.flatten(axis % x.dim()) if axis % x.dim() else real.reshape(1, -1)
    return _back(torch.softmax(flat, -1).reshape(x.shape), y_scale, y_zero_point, x)


@operator("QLinearGlobalAveragePool", domain=_DOMAIN)
def quantised_global_average_pool(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor, y_scale: Tensor, y_zero_point: Tensor, *, channels_last: int = 0
) -> Tensor:
    """Give the mean of each channel of quantised numbers, quantised."""
    axes = tuple(range(1, x.dim() - 1)) if channels_last else tuple(range(2, x.dim()))
    real = torch.mean(dequantise(x, x_scale, x_zero_point), axes, keepdim=True)
    return _back(real, y_scale, y_zero_point, x)


@operator("QLinearAveragePool", domain=_DOMAIN)
def quantised_average_pool(
    x: Tensor, x_scale: Tensor, x_zero_point: Tensor | None, y_scale: Tensor, y_zero_point: Tensor | None = None, *,
    kernel_shape: tuple[int, ...], auto_pad: str = "NOTSET", ceil_mode: int = 0, channels_last: int = 0,
    count_include_pad: int = 0, pads: tuple[int, ...] | None = None, strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Give the means of windows of quantised numbers, quantised."""
    real = dequantise(x, x_scale, x_zero_point)
    real = real.movedim(-1, 1) if channels_last else real
    mean = average_pool(
        real, kernel_shape=kernel_shape, auto_pad=auto_pad, ceil_mode=ceil_mode, count_include_pad=count_include_pad,
        pads=pads, strides=strides,
    )  # fmt: skip
    return _back(mean.movedim(1, -1) if channels_last else mean, y_scale, y_zero_point, x)


@operator("QLinearConcat", domain=_DOMAIN)
def quantised_concat(y_scale: Tensor, y_zero_point: Tensor, *parts: Tensor, axis: int) -> Tensor:
    """Join quantised tensors, each with its scale and zero point, and quantise the whole.

    Examples:
        >>> one, zero = torch.tensor(1.0), torch.tensor(0, dtype=torch.uint8)
        >>> x = torch.tensor([4], dtype=torch.uint8)
        >>> quantised_concat(torch.tensor(2.0), zero, x, one, zero, x, torch.tensor(0.5), zero, axis=0)
        tensor([2, 1], dtype=torch.uint8)
    """
    real = [dequantise(*parts[start : start + 3]) for start in range(0, len(parts), 3)]
    return _back(torch.cat(real, axis), y_scale, y_zero_point, parts[0])


@operator("QGemm", domain=_DOMAIN)
def quantised_gemm(
    a: Tensor, a_scale: Tensor, a_zero_point: Tensor, b: Tensor, b_scale: Tensor, b_zero_point: Tensor,
    c: Tensor | None = None, y_scale: Tensor | None = None, y_zero_point: Tensor | None = None, *, alpha: float = 1.0,
    transA: int = 0, transB: int = 0,  # noqa: N803  ONNX's own names
) -> Tensor:  # fmt: skip
    """Multiply quantised matrices, add a C of the scale of the products; quantise the sum if a scale is given for it.

    Scale and zero point of B are one, or one a column of the product.
    """
    left, right = (a.t() if transA else a), (b.t() if transB else b)
    total = multiply_integers(left, right, a_zero_point, b_zero_point)
    total = total if c is None else total + c
    real = total.double() * (a_scale.double() * b_scale.double() * alpha)
    if y_scale is None:
        return real.to(a_scale.dtype)
    return _back(real.to(a_scale.dtype), y_scale, y_zero_point, a)


@operator("MatMulIntegerToFloat", domain=_DOMAIN)
def scaled_product(
    a: Tensor, b: Tensor, a_scale: Tensor, b_scale: Tensor, a_zero_point: Tensor | None = None,
    b_zero_point: Tensor | None = None, bias: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Multiply quantised matrices, and give real numbers."""
    product = multiply_integers(a, b, a_zero_point, b_zero_point).to(a_scale.dtype) * (a_scale * b_scale)
    return product if bias is None else product + bias


@operator("DynamicQuantizeMatMul", domain=_DOMAIN)
def scaled_dynamic_product(
    a: Tensor, b: Tensor, b_scale: Tensor, b_zero_point: Tensor | None = None, bias: Tensor | None = None
) -> Tensor:
    """Quantise A by its range, multiply by a quantised B, and give real numbers."""
    few, scale, zero_point = quantise_dynamically(a)
    return scaled_product(few, b, scale, b_scale, zero_point, b_zero_point, bias)


def _back(real: Tensor, scale: Tensor, zero_point: Tensor | None, like: Tensor) -> Tensor:
    code = dtype_code(like.dtype if zero_point is None else zero_point.dtype)
    return requantised(real / scale, zero_point, code)
