"""Element types of ONNX, and the torch types that hold them.

Types of fewer than eight bits have no tensors in torch that compute: integers of two and four bits are held in eight,
floating-point numbers of four and six bits in float32. Texts are held in NumPy arrays of objects.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = [
    "STRING", "Operand", "as_tensor", "dtype_code", "is_float_code", "lacks_kernels", "named_code", "ordered",
    "torch_dtype", "unordered", "wrapped",
]  # fmt: skip

STRING = 8
"""ONNX's number for texts."""

Operand = Any
"""A tensor; or a Python number in place of a tensor without axes, if another operand is a tensor."""

_NAMES = (
    "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE",
    "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16",
)  # fmt: skip

_TORCH = {
    1: torch.float32, 2: torch.uint8, 3: torch.int8, 4: torch.uint16, 5: torch.int16, 6: torch.int32, 7: torch.int64,
    9: torch.bool, 10: torch.float16, 11: torch.float64, 12: torch.uint32, 13: torch.uint64, 14: torch.complex64,
    15: torch.complex128, 16: torch.bfloat16, 17: torch.float8_e4m3fn, 18: torch.float8_e4m3fnuz,
    19: torch.float8_e5m2, 20: torch.float8_e5m2fnuz, 21: torch.uint8, 22: torch.int8, 23: torch.float32,
    24: torch.float8_e8m0fnu, 25: torch.uint8, 26: torch.int8, 27: torch.float32, 28: torch.float32,
}  # fmt: skip
_CODES = {dtype: code for code, dtype in reversed(_TORCH.items())}
_FLOATS = frozenset((1, 10, 11, 16))
_SYMBOLIC = torch.SymInt | torch.SymFloat | torch.SymBool
_KERNELLESS = frozenset((torch.uint16, torch.uint32, torch.uint64))  # torch stores them, and computes little with them
_HALF = -(2**63)  # the sign bit of 64: what separates the order of unsigned numbers from that of signed ones


def torch_dtype(code: int) -> torch.dtype:
    """Give the torch type that holds an element type of ONNX.

    Args:
        code: ONNX's number for the element type, as in the attribute `to` of Cast.

    Raises:
        ValueError: No tensor of torch holds it (texts, undefined).

    Examples:
        >>> torch_dtype(1), torch_dtype(22)
        (torch.float32, torch.int8)
    """
    if code not in _TORCH:
        raise ValueError(f"no tensor of torch holds elements of ONNX's type {code}")
    return _TORCH[code]


def dtype_code(dtype: torch.dtype) -> int:
    """Give ONNX's number for a torch type."""
    return _CODES[dtype]


def is_float_code(code: int) -> bool:
    """Say whether an element type is one that gradients are computed in: float16, bfloat16, float32 or float64."""
    return code in _FLOATS


def as_tensor(numbers: Any, *, code: int, device: torch.device | str | None = None) -> Any:
    """Make a tensor of Python numbers; a tensor is given back as it is.

    Args:
        numbers: A number, or a (nested) sequence of numbers.
        code: ONNX's number for the element type.
        device: Of the tensor; None for the CPU.

    Examples:
        >>> as_tensor((2, 3), code=7)
        tensor([2, 3])
    """
    if isinstance(numbers, Tensor | np.ndarray):
        return numbers
    if code == STRING:
        return np.array(numbers, dtype=object)
    return _stacked(numbers, torch_dtype(code), device)


def named_code(name: str) -> int:
    """Give ONNX's number for an element type that is written out, as Cast did before version 6.

    Raises:
        ValueError: There was none of that name.

    Examples:
        >>> named_code("INT64")
        7
    """
    if name not in _NAMES:
        raise ValueError(f"{name!r} names no element type; {', '.join(_NAMES[1:])} do")
    return _NAMES.index(name)


def lacks_kernels(a: Any, b: Any = None) -> bool:
    """Say whether one of two values is a tensor of uint16, uint32 or uint64, with which torch hardly computes."""
    if isinstance(a, Tensor) and a.dtype in _KERNELLESS:
        return True
    return isinstance(b, Tensor) and b.dtype in _KERNELLESS


def wrapped(function: Callable[..., Tensor], *operands: Any) -> Tensor:
    """Compute with unsigned integers what wraps around at the end of their range, as sums and products do.

    Args:
        function: Takes the operands in int64.
        operands: Tensors of one unsigned type, and Python numbers.

    Examples:
        >>> wrapped(torch.add, torch.tensor([65535, 1], dtype=torch.uint16), 2).tolist()
        [1, 3]
    """
    dtype = next(operand.dtype for operand in operands if isinstance(operand, Tensor))
    wide = (operand.to(torch.int64) if isinstance(operand, Tensor) else _signed(operand) for operand in operands)
    return function(*wide).to(dtype)


def ordered(value: Any, dtype: torch.dtype) -> Any:
    """Give unsigned integers as int64 in the same order: uint64 shifted by half of its range.

    Args:
        value: A tensor, or a Python number.
        dtype: The unsigned type.
    """
    if isinstance(value, Tensor):
        wide = value.to(torch.int64)
        return wide ^ _HALF if dtype == torch.uint64 else wide
    return value + _HALF if dtype == torch.uint64 else value


def unordered(value: Tensor, dtype: torch.dtype) -> Tensor:
    """Undo `ordered`."""
    return (value ^ _HALF if dtype == torch.uint64 else value).to(dtype)


def _signed(number: Any) -> Any:
    return number - 2**64 if isinstance(number, int) and number >= 2**63 else number


def _stacked(numbers: Any, dtype: torch.dtype, device: torch.device | str | None) -> Tensor:
    """Make a tensor of numbers, of which some may be symbolic: `torch.tensor` would make plain ones of them."""
    if isinstance(numbers, _SYMBOLIC):
        number: Any = numbers  # torch's own types leave symbolic ones out
        return torch.scalar_tensor(number, dtype=dtype, device=device)
    if isinstance(numbers, Sequence) and any(isinstance(number, _SYMBOLIC | Sequence) for number in numbers):
        return torch.stack([_stacked(number, dtype, device) for number in numbers])
    return torch.tensor(numbers, dtype=dtype, device=device)
