"""Operators of two operands as they were before version 7: broadcasting had to be asked for, from an axis on."""

import torch
from torch import Tensor

from leyden.onnx.ops.elementwise.arithmetic import divide
from leyden.onnx.ops.registry import operator

__all__ = [
    "aligned", "aligned_add", "aligned_and", "aligned_divide", "aligned_equal", "aligned_greater", "aligned_less",
    "aligned_multiply", "aligned_or", "aligned_power", "aligned_subtract", "aligned_xor",
]  # fmt: skip


def aligned(a: Tensor, b: Tensor, axis: int | None) -> Tensor:
    """View the second operand so that its axes meet those of the first from an axis on.

    Examples:
        >>> aligned(torch.zeros(2, 3, 4), torch.zeros(3), axis=1).shape
        torch.Size([3, 1])
    """
    if axis is None or b.dim() == 0:
        return b
    axis = axis + a.dim() if axis < 0 else axis
    return b.reshape(b.shape + (1,) * (a.dim() - axis - b.dim()))


@operator("Add", until=6)
def aligned_add(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Add."""
    return a + (aligned(a, b, axis) if broadcast else b)


@operator("Sub", until=6)
def aligned_subtract(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Subtract."""
    return a - (aligned(a, b, axis) if broadcast else b)


@operator("Mul", until=6)
def aligned_multiply(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Multiply."""
    return a * (aligned(a, b, axis) if broadcast else b)


@operator("Div", until=6)
def aligned_divide(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Divide; quotients of integers are cut towards zero."""
    return divide(a, aligned(a, b, axis) if broadcast else b)


@operator("Pow", until=6)
def aligned_power(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Raise to a power."""
    return torch.pow(a, aligned(a, b, axis) if broadcast else b)


@operator("And", until=6)
def aligned_and(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where both are true."""
    return a & (aligned(a, b, axis) if broadcast else b)


@operator("Or", until=6)
def aligned_or(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where one or both are true."""
    return a | (aligned(a, b, axis) if broadcast else b)


@operator("Xor", until=6)
def aligned_xor(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where exactly one is true."""
    return a ^ (aligned(a, b, axis) if broadcast else b)


@operator("Equal", until=6)
def aligned_equal(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where two tensors are equal."""
    return a == (aligned(a, b, axis) if broadcast else b)


@operator("Greater", until=6)
def aligned_greater(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where the first is greater."""
    return a > (aligned(a, b, axis) if broadcast else b)


@operator("Less", until=6)
def aligned_less(a: Tensor, b: Tensor, *, axis: int | None = None, broadcast: int = 0) -> Tensor:
    """Say where the first is less."""
    return a < (aligned(a, b, axis) if broadcast else b)
