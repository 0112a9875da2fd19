"""Truth values, and bits of integers."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import Operand, lacks_kernels, wrapped
from leyden.onnx.ops.registry import operator

__all__ = [
    "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "logical_and", "logical_not", "logical_or",
    "logical_xor", "shift",
]  # fmt: skip


@operator("And", since=7, scalars=True)
def logical_and(a: Operand, b: Operand) -> Tensor:
    """Say where both are true."""
    return a & b


@operator("Or", since=7, scalars=True)
def logical_or(a: Operand, b: Operand) -> Tensor:
    """Say where one or both are true."""
    return torch.bitwise_or(a, b)


@operator("Xor", since=7, scalars=True)
def logical_xor(a: Operand, b: Operand) -> Tensor:
    """Say where exactly one is true."""
    return a ^ b


@operator("Not")
def logical_not(x: Tensor) -> Tensor:
    """Say where it is false."""
    return torch.logical_not(x)


@operator("BitwiseAnd", since=18)
def bitwise_and(a: Tensor, b: Tensor) -> Tensor:
    """Keep the bits that both have."""
    return a & b


@operator("BitwiseOr", since=18)
def bitwise_or(a: Tensor, b: Tensor) -> Tensor:
    """Keep the bits that one or both have."""
    return a | b


@operator("BitwiseXor", since=18)
def bitwise_xor(a: Tensor, b: Tensor) -> Tensor:
    """Keep the bits that exactly one has."""
    return a ^ b


@operator("BitwiseNot", since=18)
def bitwise_not(x: Tensor) -> Tensor:
    """Turn all bits."""
    return wrapped(torch.bitwise_not, x) if lacks_kernels(x) else torch.bitwise_not(x)


@operator("BitShift", since=11)
def shift(x: Tensor, y: Tensor, *, direction: str) -> Tensor:
    """Move bits to the LEFT or to the RIGHT; what leaves the type is lost, and negative numbers stay so.

    Raises:
        ValueError: The direction is another one.

    Examples:
        >>> shift(torch.tensor([1, 4]), torch.tensor([2, 1]), direction="RIGHT")
        tensor([0, 2])
    """
    if direction not in ("LEFT", "RIGHT"):
        raise ValueError(f"bits are shifted LEFT or RIGHT, not {direction!r}")
    if direction == "LEFT":
        return wrapped(torch.bitwise_left_shift, x, y) if lacks_kernels(x) else torch.bitwise_left_shift(x, y)
    if lacks_kernels(x):
        return wrapped(_right if x.dtype == torch.uint64 else torch.bitwise_right_shift, x, y)
    return torch.bitwise_right_shift(x, y)


def _right(x: Any, y: Any) -> Any:
    """Shift 64 bits without keeping the sign: by one at first, which clears it."""
    rest = torch.bitwise_right_shift(torch.bitwise_and(x >> 1, 2**63 - 1), torch.where(y < 1, 63, y - 1))
    return torch.where(y == 0, x, rest)
