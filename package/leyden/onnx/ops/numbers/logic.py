"""Comparisons, choices and conversions of one number at a time; sizes of axes stay symbolic."""

import operator as python
from typing import Any

import torch

from leyden.onnx.ops.registry import hosted

__all__ = ["cast", "choose", "negate"]

_FLOATS = frozenset((1, 10, 11, 16))
_INTEGERS = frozenset((6, 7, 12, 13))
_BOOLEAN = 9

hosted("Equal", way="each")(python.eq)
hosted("Less", way="each")(python.lt)
hosted("LessOrEqual", way="each")(python.le)
hosted("Greater", way="each")(python.gt)
hosted("GreaterOrEqual", way="each")(python.ge)
hosted("And", way="each")(python.and_)
hosted("Or", way="each")(python.or_)
hosted("Xor", way="each")(python.ne)


@hosted("Not", way="each")
def negate(condition: Any) -> Any:
    """Say the opposite."""
    return not condition if isinstance(condition, bool) else torch.sym_not(condition)


@hosted("Where", way="each")
def choose(condition: Any, a: Any, b: Any) -> Any:
    """Give one number if a condition holds, and the other if it does not."""
    return a if condition else b


@hosted("Cast", way="each")
def cast(number: Any, *, to: int, saturate: int = 1, round_mode: str = "up") -> Any:
    """Make a number of another kind: whole, cut off towards zero; with a fraction; true or false.

    Raises:
        TypeError: To a type whose numbers are not what Python computes with.
    """
    if to in _FLOATS:
        return torch.sym_float(number)
    if to == _BOOLEAN:
        return number != 0
    if to not in _INTEGERS:
        raise TypeError(f"numbers of ONNX's type {to} are not computed outside of tensors")
    if isinstance(number, bool | torch.SymBool):
        return 1 if number else 0
    return torch.sym_int(number)
