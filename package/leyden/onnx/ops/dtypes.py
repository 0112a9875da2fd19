"""Element types of ONNX, and the torch types that hold them.

Types of fewer than eight bits have no tensors in torch that compute: integers of two and four bits are held in eight,
floating-point numbers of four bits in float32. Texts are held in NumPy arrays of objects.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["STRING", "as_tensor", "dtype_code", "is_float_code", "torch_dtype"]

STRING = 8
"""ONNX's number for texts."""

_TORCH = {
    1: torch.float32, 2: torch.uint8, 3: torch.int8, 4: torch.uint16, 5: torch.int16, 6: torch.int32, 7: torch.int64,
    9: torch.bool, 10: torch.float16, 11: torch.float64, 12: torch.uint32, 13: torch.uint64, 14: torch.complex64,
    15: torch.complex128, 16: torch.bfloat16, 17: torch.float8_e4m3fn, 18: torch.float8_e4m3fnuz,
    19: torch.float8_e5m2, 20: torch.float8_e5m2fnuz, 21: torch.uint8, 22: torch.int8, 23: torch.float32,
    24: torch.float8_e8m0fnu, 25: torch.uint8, 26: torch.int8,
}  # fmt: skip
_CODES = {dtype: code for code, dtype in reversed(_TORCH.items())}
_FLOATS = frozenset((1, 10, 11, 16))


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
    if isinstance(numbers, Sequence) and any(isinstance(number, torch.SymInt) for number in numbers):
        return torch.stack([torch.scalar_tensor(number, dtype=torch_dtype(code), device=device) for number in numbers])
    return torch.tensor(numbers, dtype=torch_dtype(code), device=device)
