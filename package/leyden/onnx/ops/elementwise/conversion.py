"""Numbers from one element type of ONNX to another: small floating-point types, few bits, texts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import STRING, torch_dtype

__all__ = ["convert", "saturated"]

_BITS = {21: (4, False), 22: (4, True), 25: (2, False), 26: (2, True)}  # integers of few bits: how many, and signed
_GRIDS = {23: (1, 0, 6.0), 27: (3, 0, 7.5), 28: (2, -2, 28.0)}  # bits behind the point, least exponent, greatest number
_EIGHTS = frozenset((17, 18, 19, 20))
_SCALE = 24  # float8e8m0: powers of two only, no sign, no zero


def convert(value: Any, code: int, *, saturate: bool = True, round_mode: str = "up") -> Any:
    """Convert a tensor, or an array of texts, to an element type of ONNX.

    Args:
        value: The tensor or the array.
        code: ONNX's number for the new element type.
        saturate: Whether what is beyond the range of a float8 becomes its greatest number, not NaN or infinity.
        round_mode: How float8e8m0 rounds: "up", "down" or "nearest".

    Examples:
        >>> convert(torch.tensor([1.2, -9.0, 2.5]), 23)
        tensor([ 1., -6.,  2.])
        >>> convert(torch.tensor([-9.0, 7.9]), 22)
        tensor([7, 7], dtype=torch.int8)
    """
    if isinstance(value, np.ndarray):
        return value if code == STRING else convert(_numbers(value, code), code, saturate=saturate)
    if code == STRING:
        return _texts(value)
    if code in _EIGHTS:
        return saturated(value, torch_dtype(code)) if saturate else _overflowing(value, torch_dtype(code))
    if code in _BITS:
        return _cut(value, *_BITS[code])
    if code in _GRIDS:
        return _rounded(value, *_GRIDS[code])
    if code == _SCALE:
        return _power_of_two(value, saturate=saturate, round_mode=round_mode)
    return value.to(torch_dtype(code))


def saturated(value: Tensor, dtype: torch.dtype) -> Tensor:
    """Convert to a type of eight bits; what is beyond its range becomes its greatest number, NaN stays NaN."""
    greatest = torch.finfo(dtype).max
    return torch.clamp(_wide(value), -greatest, greatest).to(dtype)


def _wide(value: Tensor) -> Tensor:
    return value if value.dtype == torch.float64 else value.to(torch.float32)


def _overflowing(value: Tensor, dtype: torch.dtype) -> Tensor:
    """Convert to a type of eight bits; what is beyond its range becomes NaN, or infinity where the type has one."""
    number = _wide(value)
    if dtype == torch.float8_e4m3fn:
        # Torch gives the greatest number, 448, instead; it is the nearest one up to 464.
        number = torch.where(number.abs() > 464, float("nan"), number)
    return number.to(dtype)


def _cut(value: Tensor, bits: int, signed: bool) -> Tensor:
    """Keep the lowest bits of integers, as a cast between integers does."""
    whole = value.to(torch.int64)
    low = whole & (2**bits - 1)
    if not signed:
        return low.to(torch.uint8)
    return (low - ((low >> (bits - 1)) << bits)).to(torch.int8)


def _rounded(value: Tensor, fraction: int, least: int, greatest: float) -> Tensor:
    """Round to the nearest number of a small type, to the even one in the middle; there is neither infinity nor NaN."""
    number = value.to(torch.float32)
    clamped = torch.clamp(torch.where(torch.isnan(number), -0.0, number), -greatest, greatest)
    exponent = torch.clamp(torch.frexp(clamped.detach()).exponent - 1, min=least)
    step = torch.ldexp(torch.ones_like(clamped), exponent - fraction)
    return torch.round(clamped / step) * step


def _power_of_two(value: Tensor, *, saturate: bool, round_mode: str) -> Tensor:
    """Keep the exponent of float32, which is all that float8e8m0 has."""
    if round_mode not in ("up", "down", "nearest"):
        raise ValueError(f"float8e8m0 is rounded up, down or nearest, not {round_mode!r}")
    bits = value.to(torch.float32).contiguous().view(torch.int32)
    exponent, rest = (bits >> 23) & 0xFF, bits & 0x7FFFFF
    if round_mode == "nearest":
        up = (rest > 0x400000) | ((rest == 0x400000) & (exponent > 0))
    else:
        up = (rest > 0) & (round_mode == "up")
    top = 0xFE if saturate else 0xFF
    moved = torch.clamp(exponent + up, max=top)
    special = top if saturate else 0xFF
    nan = (exponent == 0xFF) & (rest > 0)
    moved = torch.where(nan, 0xFF, torch.where(exponent == 0xFF, special, moved))
    if not saturate:
        moved = torch.where((bits & 0x7FFFFFFF) == 0, 0xFF, moved)
    return moved.to(torch.uint8).view(torch.float8_e8m0fnu)


def _numbers(texts: np.ndarray, code: int) -> Tensor:
    dtype = torch_dtype(code)
    if dtype.is_floating_point or dtype == torch.bool:
        held = np.float64 if dtype == torch.float64 else np.float32
        return torch.from_numpy(np.array([float(text) for text in texts.flat], dtype=held).reshape(texts.shape))
    bits = np.array([_integer(text) % 2**64 for text in texts.flat], dtype=np.uint64).reshape(texts.shape)
    return torch.from_numpy(bits if dtype == torch.uint64 else bits.view(np.int64))


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return int(float(text))


def _texts(value: Tensor) -> np.ndarray:
    if value.is_floating_point() and value.dtype not in (torch.float16, torch.float64):
        value = value.to(torch.float32)
    array = value.detach().cpu().numpy()
    write: Callable[[Any], str] = _written if array.dtype.kind == "f" else str
    return np.array([write(number) for number in array.flat], dtype=object).reshape(array.shape)


def _written(number: np.floating) -> str:
    if np.isnan(number):
        return "NaN"
    if np.isinf(number):
        return "INF" if number > 0 else "-INF"
    return str(number)
