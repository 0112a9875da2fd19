"""Reductions whose axes are an input, as they are since version 18 (ReduceSum since 13)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import lacks_kernels, ordered, unordered, wrapped
from leyden.onnx.ops.registry import operator

__all__ = [
    "reduce_l1", "reduce_l2", "reduce_log_sum", "reduce_log_sum_exp", "reduce_max", "reduce_mean", "reduce_min",
    "reduce_prod", "reduce_sum", "reduce_sum_square",
]  # fmt: skip

_Axes = tuple[int, ...] | int | None


@operator("ReduceSum", since=13, numbers=("axes",))
def reduce_sum(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Add along axes; along all of them if none are named, unless `noop_with_empty_axes` is set.

    Examples:
        >>> reduce_sum(torch.tensor([[1, 2], [3, 4]]), (1,), keepdims=0)
        tensor([3, 7])
    """
    if noop_with_empty_axes and _is_empty(axes):
        return data
    return _sum(data, _named(axes), keepdims)


@operator("ReduceMean", since=18, numbers=("axes",))
def reduce_mean(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Average along axes; means of integers are cut towards zero."""
    if noop_with_empty_axes and _is_empty(axes):
        return data
    axes = _named(axes)
    if data.is_floating_point():
        return torch.mean(data, axes, keepdim=bool(keepdims))
    count = data.numel() if axes is None else _count(data, axes)
    return torch.div(_wide_sum(data, axes, keepdims), count, rounding_mode="trunc").to(data.dtype)


@operator("ReduceMax", since=18, numbers=("axes",))
def reduce_max(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Give the greatest along axes; of nothing, the least number that the type has."""
    if noop_with_empty_axes and _is_empty(axes):
        return data
    return _extreme(torch.amax, data, _named(axes), keepdims)


@operator("ReduceMin", since=18, numbers=("axes",))
def reduce_min(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Give the least along axes; of nothing, the greatest number that the type has."""
    if noop_with_empty_axes and _is_empty(axes):
        return data
    return _extreme(torch.amin, data, _named(axes), keepdims)


@operator("ReduceProd", since=18, numbers=("axes",))
def reduce_prod(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Multiply along axes; nothing multiplied is one."""
    if noop_with_empty_axes and _is_empty(axes):
        return data
    if lacks_kernels(data):
        return wrapped(lambda wide: _product(wide, _named(axes), keepdims), data)
    return _product(data, _named(axes), keepdims)


@operator("ReduceL1", since=18, numbers=("axes",))
def reduce_l1(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Add absolute values along axes."""
    if noop_with_empty_axes and _is_empty(axes):
        return data if lacks_kernels(data) else torch.abs(data)
    if data.is_floating_point():
        return torch.linalg.vector_norm(data, 1, _named(axes), keepdim=bool(keepdims))
    return _sum(data if lacks_kernels(data) else torch.abs(data), _named(axes), keepdims)


@operator("ReduceL2", since=18, numbers=("axes",))
def reduce_l2(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Give the length of vectors along axes."""
    if noop_with_empty_axes and _is_empty(axes):
        return data if lacks_kernels(data) else torch.abs(data)
    number = data if data.is_floating_point() else data.to(torch.float64)
    return torch.linalg.vector_norm(number, 2, _named(axes), keepdim=bool(keepdims)).to(data.dtype)


@operator("ReduceLogSum", since=18, numbers=("axes",))
def reduce_log_sum(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Give the logarithm of sums along axes."""
    total = reduce_sum(data, axes, keepdims=keepdims, noop_with_empty_axes=noop_with_empty_axes)
    return _by_float(torch.log, total)


@operator("ReduceLogSumExp", since=18, numbers=("axes",))
def reduce_log_sum_exp(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Give the logarithm of sums of exponentials along axes."""
    if noop_with_empty_axes and _is_empty(axes):
        return data
    named = _named(axes)
    named = tuple(range(data.dim())) if named is None else named
    return _by_float(lambda number: torch.logsumexp(number, named, keepdim=bool(keepdims)), data)


@operator("ReduceSumSquare", since=18, numbers=("axes",))
def reduce_sum_square(data: Tensor, axes: _Axes = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Tensor:
    """Add squares along axes."""
    square = wrapped(torch.square, data) if lacks_kernels(data) else torch.square(data)
    return reduce_sum(square, axes, keepdims=keepdims, noop_with_empty_axes=noop_with_empty_axes)


def _is_empty(axes: _Axes) -> bool:
    return axes is None or axes == ()


def _named(axes: _Axes) -> tuple[int, ...] | None:
    """Give the axes as torch takes them: None for all of them."""
    if axes is None or axes == ():
        return None
    return (axes,) if isinstance(axes, int) else axes


def _sum(data: Tensor, axes: tuple[int, ...] | None, keepdims: int) -> Tensor:
    if lacks_kernels(data):
        return _wide_sum(data, axes, keepdims).to(data.dtype)
    return torch.sum(data, axes, keepdim=bool(keepdims), dtype=data.dtype)


def _wide_sum(data: Tensor, axes: tuple[int, ...] | None, keepdims: int) -> Tensor:
    return torch.sum(data.to(torch.int64), axes, keepdim=bool(keepdims))


def _count(data: Tensor, axes: tuple[int, ...]) -> Any:
    count: Any = 1
    for axis in axes:
        count = count * data.shape[axis]
    return count


def _product(data: Tensor, axes: tuple[int, ...] | None, keepdims: int) -> Tensor:
    kept = sorted(range(data.dim()) if axes is None else (axis % data.dim() for axis in axes), reverse=True)
    for axis in kept:
        data = torch.prod(data, axis, keepdim=bool(keepdims), dtype=data.dtype)
    return data


def _extreme(reduce: Callable[..., Tensor], data: Tensor, axes: tuple[int, ...] | None, keepdims: int) -> Tensor:
    axes = () if axes is None else axes
    if lacks_kernels(data):
        return unordered(_extreme(reduce, ordered(data, data.dtype), axes, keepdims), data.dtype)
    if data.numel() == 0:
        return _of_nothing(reduce, data, axes, keepdims)
    return reduce(data, axes, keepdim=bool(keepdims))


def _of_nothing(reduce: Callable[..., Tensor], data: Tensor, axes: tuple[int, ...], keepdims: int) -> Tensor:
    """Reduce an empty tensor, which torch refuses, to the end of what its type can hold."""
    if data.dtype == torch.bool:
        end: Any = reduce is torch.amin
    elif data.is_floating_point():
        end = float("-inf") if reduce is torch.amax else float("inf")
    else:
        limits = torch.iinfo(data.dtype)
        end = limits.min if reduce is torch.amax else limits.max
    shape = torch.sum(data, axes or None, keepdim=bool(keepdims)).shape
    return data.new_full(shape, end)


def _by_float(function: Callable[[Tensor], Tensor], data: Tensor) -> Tensor:
    """Compute integers in float64, as versions before 28 allow, and give integers back."""
    return function(data) if data.is_floating_point() else function(data.to(torch.float64)).to(data.dtype)
