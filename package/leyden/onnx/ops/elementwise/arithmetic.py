"""Sums, products, quotients, powers and remainders, and what belongs to them."""

import functools
from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import Operand, lacks_kernels, torch_dtype, wrapped
from leyden.onnx.ops.registry import operator

__all__ = ["absolute", "add", "average", "divide", "mod", "multiply", "negate", "power", "sign", "subtract", "total"]


@operator("Add", since=7, scalars=True)
def add(a: Operand, b: Operand) -> Tensor:
    """Add."""
    return wrapped(torch.add, a, b) if lacks_kernels(a, b) else a + b


@operator("Sub", since=7, scalars=True)
def subtract(a: Operand, b: Operand) -> Tensor:
    """Subtract."""
    return wrapped(_minus, a, b) if lacks_kernels(a, b) else a - b


@operator("Mul", since=7, scalars=True)
def multiply(a: Operand, b: Operand) -> Tensor:
    """Multiply."""
    return wrapped(torch.mul, a, b) if lacks_kernels(a, b) else a * b


@operator("Div", since=7, scalars=True)
def divide(a: Operand, b: Operand) -> Tensor:
    """Divide; quotients of integers are cut towards zero.

    Examples:
        >>> divide(torch.tensor([-7, 7]), torch.tensor(2))
        tensor([-3,  3])
    """
    if isinstance(b, Tensor):
        # Torch divides a Python number by multiplying the reciprocal, which is rounded twice.
        a = a if isinstance(a, Tensor) else torch.scalar_tensor(a, dtype=b.dtype, device=b.device)
    if a.is_floating_point():
        return a / b
    return _quotient(*_both(a, b)) if lacks_kernels(a, b) else torch.div(a, b, rounding_mode="trunc")


@operator("Mod", since=10, scalars=True)
def mod(a: Operand, b: Operand, *, fmod: int = 0) -> Tensor:
    """Give the remainder of a division: with the sign of the divisor, or of the dividend if `fmod` is set.

    Examples:
        >>> mod(torch.tensor([-7, 7]), torch.tensor([3, -3])), mod(torch.tensor([-7, 7]), torch.tensor([3, -3]), fmod=1)
        (tensor([ 2, -2]), tensor([-1,  1]))
    """
    a, b = _both(a, b)
    if lacks_kernels(a, b):
        return wrapped(_minus, a, wrapped(torch.mul, _quotient(a, b), b))
    if fmod:
        return torch.fmod(a, b)
    # A remainder that is zero has the sign of the divisor, too.
    return torch.copysign(torch.remainder(a, b), b) if a.is_floating_point() else torch.remainder(a, b)


@operator("Pow", since=7, scalars=True)
def power(x: Operand, y: Operand, *, output_types: tuple[int, ...] = (0,)) -> Tensor:
    """Raise to a power, which may be of another type; the result is of the type of what is raised.

    Examples:
        >>> power(torch.tensor([2, 3]), torch.tensor([2.0, 0.5]))
        tensor([4, 1])
    """
    if not isinstance(x, Tensor):
        x = torch.scalar_tensor(x, dtype=_held(output_types[0], y), device=y.device)
    if x.is_floating_point():
        if isinstance(y, Tensor) and (lacks_kernels(y) or (y.is_floating_point() and y.dtype != x.dtype)):
            return torch.pow(x.to(torch.promote_types(x.dtype, torch.float32)), y.to(torch.float64)).to(x.dtype)
        return torch.pow(x, y)
    if isinstance(y, Tensor) and not y.is_floating_point() and not lacks_kernels(y):
        return torch.pow(x, y).to(x.dtype)
    # Integers to powers that are no integers, or are negative or huge ones.
    return torch.pow(x.to(torch.float64), y.to(torch.float64) if isinstance(y, Tensor) else float(y)).to(x.dtype)


@operator("Neg")
def negate(x: Tensor) -> Tensor:
    """Turn the sign."""
    return torch.neg(x)


@operator("Abs")
def absolute(x: Tensor) -> Tensor:
    """Drop the sign."""
    return x if lacks_kernels(x) else torch.abs(x)


@operator("Sign", since=9)
def sign(x: Tensor) -> Tensor:
    """Give -1, 0 or 1."""
    return (x != 0).to(x.dtype) if lacks_kernels(x) else torch.sign(x)


@operator("Sum")
def total(*parts: Tensor) -> Tensor:
    """Add any number of tensors."""
    return functools.reduce(torch.add, parts)


@operator("Mean")
def average(*parts: Tensor) -> Tensor:
    """Give the mean of any number of tensors, element by element."""
    return functools.reduce(torch.add, parts) / len(parts)


def _minus(a: Any, b: Any) -> Any:
    return a - b


def _both(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Make a tensor of the one that is a Python number."""
    if not isinstance(a, Tensor):
        return torch.scalar_tensor(a, dtype=b.dtype, device=b.device), b
    return a, b if isinstance(b, Tensor) else torch.scalar_tensor(b, dtype=a.dtype, device=a.device)


def _held(code: int, other: Tensor) -> torch.dtype:
    return torch_dtype(code) if code else other.dtype


def _quotient(a: Tensor, b: Tensor) -> Tensor:
    """Divide unsigned integers.

    The upper half of uint64 is negative in int64: there the half of the dividend is divided, and what is missing added.
    """
    wide, by = a.to(torch.int64), b.to(torch.int64)
    if a.dtype != torch.uint64:
        return torch.div(wide, by, rounding_mode="floor").to(a.dtype)
    half = torch.bitwise_and(wide >> 1, 2**63 - 1)
    first = torch.div(half, torch.where(by < 0, 1, by), rounding_mode="floor") << 1
    low = -(2**63)
    quotient = first + (((wide - first * by) ^ low) >= (by ^ low))
    return torch.where(by < 0, ((wide ^ low) >= (by ^ low)).to(torch.int64), quotient).to(torch.uint64)
