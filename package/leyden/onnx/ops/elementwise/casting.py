"""Values of one element type as values, or as bits, of another."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import STRING, dtype_code, named_code, torch_dtype
from leyden.onnx.ops.elementwise.conversion import convert
from leyden.onnx.ops.registry import operator

__all__ = ["cast", "cast_like", "cast_named", "reinterpret"]

_PLAIN = {code: torch_dtype(code) for code in range(1, 17) if code != STRING}
_NIBBLES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0)
_WIDTHS = {21: 4, 22: 4, 23: 4, 25: 2, 26: 2}  # bits of the types that torch holds in wider ones
_FLOAT4 = 23


@operator("Cast", since=6)
def cast(x: Any, *, to: int, saturate: int = 1, round_mode: str = "up") -> Any:
    """Convert to another element type.

    Examples:
        >>> cast(torch.tensor([1.7, -1.7]), to=7)
        tensor([ 1, -1])
        >>> import numpy as np
        >>> cast(np.array(["3.14", "-INF"], dtype=object), to=1)
        tensor([3.1400,   -inf])
    """
    if to in _PLAIN and isinstance(x, Tensor):
        return x.to(_PLAIN[to])
    return convert(x, to, saturate=bool(saturate), round_mode=round_mode)


@operator("Cast", until=5)
def cast_named(x: Any, *, to: str) -> Any:
    """Convert to another element type, named as in `FLOAT`."""
    return convert(x, named_code(to))


@operator("CastLike", since=15)
def cast_like(
    x: Any, like: Any, *, saturate: int = 1, round_mode: str = "up", input_types: tuple[int, ...] = (0, 0)
) -> Any:
    """Convert to the element type of another tensor."""
    code = input_types[1] or (dtype_code(like.dtype) if isinstance(like, Tensor) else STRING)
    return cast(x, to=code, saturate=saturate, round_mode=round_mode)


@operator("BitCast", since=26)
def reinterpret(x: Tensor, *, to: int, input_types: tuple[int, ...] = (0,)) -> Tensor:
    """Read the bits of each number as one of another type with as many bits.

    Raises:
        ValueError: The other type has more bits, or fewer.

    Examples:
        >>> reinterpret(torch.tensor([1.0]), to=6)
        tensor([1065353216], dtype=torch.int32)
    """
    code = input_types[0] or dtype_code(x.dtype)
    have, want = _width(code), _width(to)
    if have != want:
        raise ValueError(f"numbers of {have} bits cannot be read as ones of {want} bits; Cast converts values")
    if have >= 8:
        return x.view(torch_dtype(to))
    if code == to:
        return x
    table = torch.tensor(_NIBBLES, device=x.device)
    if code == _FLOAT4:
        index = (x.unsqueeze(-1).abs() == table[:8]).to(torch.int64).argmax(-1)
        x = index + torch.signbit(x) * 8
    return table[x.to(torch.int64) & 15] if to == _FLOAT4 else convert(x, to)


def _width(code: int) -> int:
    return _WIDTHS.get(code) or torch_dtype(code).itemsize * 8
