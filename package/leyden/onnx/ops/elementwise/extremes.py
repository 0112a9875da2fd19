"""The greatest and the least, and numbers held between two bounds."""

import functools
from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import Operand, lacks_kernels, ordered, unordered
from leyden.onnx.ops.registry import operator

__all__ = ["clip", "clip_attributes", "clip_unbounded", "maximum", "minimum"]

_LARGEST = 3.4028234663852886e38  # of float32


@operator("Max")
def maximum(*parts: Tensor) -> Tensor:
    """Give the greatest of any number of tensors, element by element; NaN wins."""
    return functools.reduce(_maximum, parts)


@operator("Min")
def minimum(*parts: Tensor) -> Tensor:
    """Give the least of any number of tensors, element by element; NaN wins."""
    return functools.reduce(_minimum, parts)


@operator("Clip", since=11, scalars=True)
def clip(x: Operand, low: Operand | None = None, high: Operand | None = None) -> Tensor:
    """Hold numbers between two bounds; the upper one wins if it lies below the lower one.

    Examples:
        >>> clip(torch.tensor([-1.0, 0.5, 2.0]), torch.tensor(0.0), torch.tensor(1.0))
        tensor([0.0000, 0.5000, 1.0000])
    """
    bounds: list[Any] = [low, high]
    if not isinstance(x, Tensor):
        like = next(bound for bound in bounds if isinstance(bound, Tensor))
        x = torch.scalar_tensor(x, dtype=like.dtype, device=like.device)
    if lacks_kernels(x):
        dtype = x.dtype
        bounds = [None if bound is None else ordered(bound, dtype) for bound in bounds]
        return unordered(_clamped(ordered(x, dtype), *bounds), dtype)
    return _clamped(x, *bounds)


@operator("Clip", since=6, until=10)
def clip_attributes(x: Tensor, *, min: float = -_LARGEST, max: float = _LARGEST) -> Tensor:
    """Hold numbers between two bounds."""
    # In a type that ends before them the bounds mean nothing, and torch refuses them.
    end = torch.finfo(x.dtype).max
    return _clamped(x, min if min >= -end else None, max if max <= end else None)


@operator("Clip", until=5)
def clip_unbounded(x: Tensor, *, min: float | None = None, max: float | None = None) -> Tensor:
    """Hold numbers between two bounds, each of which may be missing."""
    return _clamped(x, min, max)


def _clamped(x: Tensor, low: Any, high: Any) -> Tensor:
    if low is None and high is None:
        return x
    if low is None or high is None or isinstance(low, Tensor) == isinstance(high, Tensor):
        return torch.clamp(x, low, high)
    return torch.clamp(torch.clamp(x, min=low), max=high)


def _maximum(a: Tensor, b: Tensor) -> Tensor:
    if lacks_kernels(a):
        return unordered(torch.maximum(ordered(a, a.dtype), ordered(b, a.dtype)), a.dtype)
    return torch.maximum(a, b)


def _minimum(a: Tensor, b: Tensor) -> Tensor:
    if lacks_kernels(a):
        return unordered(torch.minimum(ordered(a, a.dtype), ordered(b, a.dtype)), a.dtype)
    return torch.minimum(a, b)
