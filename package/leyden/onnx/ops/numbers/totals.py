"""Totals of numbers along axes; sizes of axes stay symbolic."""

import operator as python
from collections.abc import Callable
from functools import reduce
from typing import Any

import torch

from leyden.onnx.ops.numbers.nesting import flat, known, rank_of
from leyden.onnx.ops.registry import hosted

__all__ = ["reduce_max", "reduce_min", "reduce_prod", "reduce_sum"]


@hosted("ReduceProd", way="whole")
def reduce_prod(data: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
    """Multiply all numbers.

    Examples:
        >>> reduce_prod((2, 3, 4), keepdims=0), reduce_prod((2, 3, 4))
        (24, (24,))
    """
    return _total(python.mul, data, axes, keepdims, noop_with_empty_axes)


@hosted("ReduceSum", way="whole")
def reduce_sum(data: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
    """Add up all numbers."""
    return _total(python.add, data, axes, keepdims, noop_with_empty_axes)


@hosted("ReduceMax", way="whole")
def reduce_max(data: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
    """Give the largest of all numbers."""
    return _total(torch.sym_max, data, axes, keepdims, noop_with_empty_axes)


@hosted("ReduceMin", way="whole")
def reduce_min(data: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
    """Give the smallest of all numbers."""
    return _total(torch.sym_min, data, axes, keepdims, noop_with_empty_axes)


def _total(combine: Callable[[Any, Any], Any], data: Any, axes: Any, keepdims: int, noop: int) -> Any:
    if rank_of(data) > 1:
        raise TypeError("numbers of more than one axis are added up as tensors only")
    axes = known(axes) if axes is not None else ()
    if (noop and not axes) or not isinstance(data, tuple):
        return data
    listed = tuple(flat(data))
    if not listed:
        raise TypeError("no numbers are added up as tensors only")
    total = reduce(combine, listed)
    return (total,) if keepdims else total
