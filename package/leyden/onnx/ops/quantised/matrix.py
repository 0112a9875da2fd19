"""Products of matrices of small integers."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import dtype_code
from leyden.onnx.ops.quantised.linear import requantised
from leyden.onnx.ops.registry import operator

__all__ = ["centred", "exact_dtype", "multiply_integers", "multiply_quantised"]


def exact_dtype(count: Any) -> torch.dtype:
    """Give a floating-point type in which sums of products of integers are exact: torch computes those fastest.

    Args:
        count: How many products are added; each is of two differences of integers of eight bits.
    """
    return torch.float32 if count * 255 * 255 < 2**24 else torch.float64


def centred(x: Tensor, zero_point: Tensor | None, dtype: torch.dtype) -> Tensor:
    """Take a zero point, which is broadcast over the numbers, away from them."""
    return x.to(dtype) if zero_point is None else x.to(dtype) - zero_point.to(dtype)


@operator("MatMulInteger", since=10)
def multiply_integers(
    a: Tensor, b: Tensor, a_zero_point: Tensor | None = None, b_zero_point: Tensor | None = None
) -> Tensor:
    """Multiply matrices of integers of eight bits; zero points are one for all, for a row of A, or a column of B.

    Examples:
        >>> one = torch.ones(1, 2, dtype=torch.uint8)
        >>> multiply_integers(one, one.T, torch.tensor(3, dtype=torch.uint8))
        tensor([[-4]], dtype=torch.int32)
    """
    dtype = exact_dtype(a.shape[-1])
    total = torch.matmul(centred(a, _rows(a_zero_point), dtype), centred(b, b_zero_point, dtype))
    return torch.round(total).to(torch.int32)


@operator("QLinearMatMul", since=10)
def multiply_quantised(
    a: Tensor, a_scale: Tensor, a_zero_point: Tensor, b: Tensor, b_scale: Tensor, b_zero_point: Tensor,
    y_scale: Tensor, y_zero_point: Tensor, *, input_types: tuple[int, ...] = (),
) -> Tensor:  # fmt: skip
    """Multiply quantised matrices, and quantise the product."""
    dtype = exact_dtype(a.shape[-1]) if not a.is_floating_point() else torch.float32
    left = centred(a, _rows(a_zero_point), dtype)
    total = torch.matmul(left, centred(b, b_zero_point, dtype))
    scale = _rows(a_scale) * b_scale / y_scale
    code = (input_types[7:8] or (0,))[0] or dtype_code(y_zero_point.dtype)
    return requantised(total * scale.to(dtype), y_zero_point, code)


def _rows(value: Any) -> Any:
    """View what belongs to the rows of a matrix as a column."""
    return value if value is None or value.dim() != 1 or value.numel() == 1 else value.unsqueeze(-1)
