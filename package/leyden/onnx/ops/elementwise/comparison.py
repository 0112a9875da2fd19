"""What is equal, less, greater, infinite or no number; and the choice between two values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import Operand, lacks_kernels, ordered, torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["equal", "greater", "greater_or_equal", "identity", "is_inf", "is_nan", "less", "less_or_equal", "where"]


@operator("Equal", since=7, scalars=True)
def equal(a: Operand, b: Operand) -> Tensor:
    """Say where two tensors, or two arrays of texts, are equal.

    Examples:
        >>> equal(np.array(["a", "b"], dtype=object), np.array(["a"], dtype=object))
        tensor([ True, False])
    """
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return torch.from_numpy(np.array(a == b, dtype=bool))
    return _compared(torch.eq, a, b) if lacks_kernels(a, b) else a == b


@operator("Greater", since=7, scalars=True)
def greater(a: Operand, b: Operand) -> Tensor:
    """Say where the first is greater."""
    return _compared(torch.gt, a, b) if lacks_kernels(a, b) else a > b


@operator("GreaterOrEqual", since=12, scalars=True)
def greater_or_equal(a: Operand, b: Operand) -> Tensor:
    """Say where the first is greater, or both are equal."""
    return _compared(torch.ge, a, b) if lacks_kernels(a, b) else a >= b


@operator("Less", since=7, scalars=True)
def less(a: Operand, b: Operand) -> Tensor:
    """Say where the first is less."""
    return _compared(torch.lt, a, b) if lacks_kernels(a, b) else a < b


@operator("LessOrEqual", since=12, scalars=True)
def less_or_equal(a: Operand, b: Operand) -> Tensor:
    """Say where the first is less, or both are equal."""
    return _compared(torch.le, a, b) if lacks_kernels(a, b) else a <= b


@operator("IsNaN", since=9)
def is_nan(x: Tensor) -> Tensor:
    """Say what is no number."""
    return torch.isnan(x)


@operator("IsInf", since=10)
def is_inf(x: Tensor, *, detect_negative: int = 1, detect_positive: int = 1) -> Tensor:
    """Say what is infinite: above, below, or both."""
    if x.dtype.itemsize == 1:
        x = x.to(torch.float32)  # only one of the types of eight bits has infinities, and torch asks none of them
    if detect_negative and detect_positive:
        return torch.isinf(x)
    if detect_negative or detect_positive:
        return x == (float("-inf") if detect_negative else float("inf"))
    return torch.zeros_like(x, dtype=torch.bool)


@operator("Where", since=9, scalars=True)
def where(condition: Operand, x: Operand, y: Operand, *, output_types: tuple[int, ...] = (0,)) -> Any:
    """Take from the first where a condition holds, from the second elsewhere; both may be arrays of texts."""
    if isinstance(x, np.ndarray | str) or isinstance(y, np.ndarray | str):
        return np.where(np.asarray(condition, dtype=bool), _texts(x), _texts(y))
    if not isinstance(condition, Tensor):
        like = x if isinstance(x, Tensor) else y
        condition = torch.scalar_tensor(condition, dtype=torch.bool, device=like.device)
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        dtype = torch_dtype(output_types[0])
        return torch.where(condition, torch.scalar_tensor(x, dtype=dtype, device=condition.device), y)
    return torch.where(condition, x, y)


@operator("Identity")
def identity(x: Any) -> Any:
    """Give the value itself: a tensor, a sequence, an optional."""
    return x


def _compared(function: Callable[[Tensor, Tensor], Tensor], a: Any, b: Any) -> Tensor:
    dtype = a.dtype if isinstance(a, Tensor) else b.dtype
    a, b = ordered(a, dtype), ordered(b, dtype)
    a = a if isinstance(a, Tensor) else torch.scalar_tensor(a, dtype=torch.int64, device=b.device)
    return function(a, b)


def _texts(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=object)
