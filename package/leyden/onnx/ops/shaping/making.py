"""Operators that make tensors of sizes, and that keep parts of matrices."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import dtype_code, torch_dtype
from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import as_bits, several

__all__ = ["constant_of_shape", "eye_like", "number_range", "number_range_first", "trilu"]


@operator("ConstantOfShape", since=9, numbers=("shape",))
def constant_of_shape(
    shape: tuple[Any, ...], *, value: Tensor | None = None, device: torch.device | None = None
) -> Tensor:
    """Fill a shape with one value, without memory for its copies; with zeros of float32 if none is given."""
    if value is None:
        return torch.zeros(shape, device=device)
    return value.reshape(()).expand(shape)


@operator("EyeLike", since=9)
def eye_like(data: Tensor, *, dtype: int | None = None, k: int = 0) -> Tensor:
    """Make a matrix of the sizes of another, with ones on a diagonal and zeros elsewhere."""
    rows = torch.arange(data.shape[0], device=data.device)
    columns = torch.arange(data.shape[1], device=data.device)
    return (columns - rows.unsqueeze(1) == k).to(data.dtype if dtype is None else torch_dtype(dtype))


@operator("Range", since=27, numbers=("start", "limit", "delta"))
def number_range(
    start: Any, limit: Any, delta: Any, *, stash_type: int = 1, output_types: tuple[Any, ...] = (7,),
    device: torch.device | None = None,
) -> Tensor:  # fmt: skip
    """List the numbers from a start to before a limit; those of sixteen bits are computed in more.

    Examples:
        >>> number_range(10, 4, -2)
        tensor([10,  8,  6])
    """
    dtype = torch_dtype(output_types[0] or (1 if isinstance(start, float) else 7))
    wide = torch_dtype(stash_type) if dtype.itemsize == 2 and dtype.is_floating_point else dtype
    return number_range_first(start, limit, delta, output_types=(dtype_code(wide),), device=device).to(dtype)


@operator("Range", since=11, until=26, numbers=("start", "limit", "delta"))
def number_range_first(
    start: Any, limit: Any, delta: Any, *, output_types: tuple[Any, ...] = (7,), device: torch.device | None = None
) -> Tensor:
    """List the numbers from a start to before a limit."""
    start, limit, delta = several(start)[0], several(limit)[0], several(delta)[0]
    if (limit < start) if delta > 0 else (limit > start):  # torch has no empty ranges but of equal ends
        limit = start
    dtype = torch_dtype(output_types[0] or (1 if isinstance(start, float) else 7))
    return torch.arange(start, limit, delta, dtype=dtype, device=device)


@operator("Trilu", since=14, numbers=("k",))
def trilu(data: Tensor, k: Any = None, *, upper: int = 1) -> Tensor:
    """Keep the upper or the lower triangle of each matrix, and set the rest to zero."""
    diagonal = 0 if k is None else several(k)[0]
    bits = as_bits(data)
    kept = bits.triu(diagonal) if upper else bits.tril(diagonal)
    return kept if bits is data else kept.view(data.dtype)
