"""Arithmetic with one number at a time, as ONNX has it; sizes of axes stay symbolic."""

import math
import operator as python
from typing import Any

import torch

from leyden.onnx.ops.registry import hosted

__all__ = [
    "ceil", "clip", "divide", "floor", "largest", "modulo", "power", "reciprocal", "rounded", "smallest", "square_root",
    "to_even",
]  # fmt: skip

_SPLITTERS = {1: 2.0**29 + 1, 10: 2.0**42 + 1, 16: 2.0**45 + 1}  # digits of float64 that the type does not have

hosted("Add", way="each")(python.add)
hosted("Sub", way="each")(python.sub)
hosted("Mul", way="each")(python.mul)
hosted("Neg", way="each")(python.neg)
hosted("Abs", way="each")(python.abs)


def rounded(number: Any, code: int) -> Any:
    """Round a floating-point number to the digits of an element type.

    It takes nothing but sums and products, so that sizes stay symbolic.

    Args:
        number: The number, in float64.
        code: ONNX's number for the element type: float16, float32 or bfloat16.

    Examples:
        >>> rounded(0.1, 1) == float(torch.tensor(0.1))
        True

    Source:
        Dekker, A floating-point technique for extending the available precision, Numerische Mathematik 18, 1971.
    """
    if number - number != 0:  # infinite, or not a number
        return number
    split = number * _SPLITTERS[code]
    return split - (split - number)


@hosted("Div", way="each")
def divide(a: Any, b: Any) -> Any:
    """Divide; integers are cut off towards zero.

    Examples:
        >>> divide(7, 2), divide(-7, 2), divide(7.0, 2.0)
        (3, -3, 3.5)
    """
    if _is_float(a) or _is_float(b):
        return a / b if b != 0 else _infinite(a)
    if isinstance(a, int) and isinstance(b, int):
        return a // b if (a >= 0) == (b > 0) else -(-a // b)
    if b < 0:
        a, b = -a, -b
    return torch.sym_max(a, 0) // b - torch.sym_max(-a, 0) // b  # no question whether a symbolic number is negative


@hosted("Mod", way="each")
def modulo(a: Any, b: Any, *, fmod: int = 0) -> Any:
    """Give what division leaves, with the sign of the divisor; with that of the dividend if `fmod` is set."""
    if not fmod:
        return a % b
    return a - b * divide(a, b) if not (_is_float(a) or _is_float(b)) else math.fmod(a, b)


@hosted("Pow", way="each")
def power(a: Any, b: Any) -> Any:
    """Raise to a power; the result is of the kind of the base."""
    if _is_float(a):
        result = a**b
        return math.nan if isinstance(result, complex) else result
    if isinstance(b, float):
        return torch.sym_int(torch.sym_float(a) ** b)
    return a**b


@hosted("Max", way="each")
def largest(*numbers: Any) -> Any:
    """Give the largest number."""
    result = numbers[0]
    for number in numbers[1:]:
        result = torch.sym_max(result, number)
    return result


@hosted("Min", way="each")
def smallest(*numbers: Any) -> Any:
    """Give the smallest number."""
    result = numbers[0]
    for number in numbers[1:]:
        result = torch.sym_min(result, number)
    return result


@hosted("Clip", way="each")
def clip(number: Any, min: Any = None, max: Any = None) -> Any:
    """Keep a number between two others."""
    number = number if min is None else torch.sym_max(number, min)
    return number if max is None else torch.sym_min(number, max)


@hosted("Floor", way="each")
def floor(number: Any) -> Any:
    """Round down."""
    return torch.sym_float(math.floor(number))


@hosted("Ceil", way="each")
def ceil(number: Any) -> Any:
    """Round up."""
    return torch.sym_float(math.ceil(number))


@hosted("Round", way="each")
def to_even(number: Any) -> Any:
    """Round to the nearest whole number, halves to even ones."""
    return torch.sym_float(round(number))


@hosted("Sqrt", way="each")
def square_root(number: Any) -> Any:
    """Take the square root."""
    return torch.sym_sqrt(number) if number >= 0 else math.nan


@hosted("Reciprocal", way="each")
def reciprocal(number: Any) -> Any:
    """Divide one by a number."""
    return divide(1.0, number)


def _is_float(number: Any) -> bool:
    return isinstance(number, float | torch.SymFloat)


def _infinite(number: Any) -> float:
    """Give what floating-point division by zero gives."""
    return math.nan if number == 0 or number != number else math.copysign(math.inf, number)
