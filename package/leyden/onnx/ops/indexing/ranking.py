"""Operators that sort: the largest elements, and those that differ."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, moved, several

__all__ = ["topk", "topk_first", "topk_largest", "unique"]

_MANY = 512  # elements from which on sorting all of them costs more than making keys of them


@operator("TopK", since=11, numbers=("k",), many=True)
def topk(data: Tensor, k: Any, *, axis: int = -1, largest: int = 1, sorted: int = 1) -> tuple[Tensor, Tensor]:
    """Give the largest or the smallest elements along an axis, and where they are; of equal ones the first.

    Examples:
        >>> topk(torch.tensor([3, 1, 3, 2]), (2,))
        (tensor([3, 3]), tensor([0, 2]))
    """
    count = several(k)[0]
    if data.dtype == torch.float32 and data.shape[axis] >= _MANY:
        places = _keys(data, axis, largest).topk(count, axis).indices
        return data.gather(axis, places), places
    values, places = data.sort(dim=axis, descending=bool(largest), stable=True)
    return values.narrow(axis, 0, count), places.narrow(axis, 0, count)


@operator("TopK", since=10, until=10, numbers=("k",), many=True)
def topk_largest(data: Tensor, k: Any, *, axis: int = -1) -> tuple[Tensor, Tensor]:
    """Give the largest elements along an axis, and where they are."""
    return topk(data, k, axis=axis)


@operator("TopK", until=9, many=True)
def topk_first(data: Tensor, *, k: int, axis: int = -1) -> tuple[Tensor, Tensor]:
    """Give the largest elements along an axis, as many as an attribute says, and where they are."""
    return topk(data, k, axis=axis)


@operator("Unique", since=11, many=True)
def unique(data: Elements, *, axis: int | None = None, sorted: int = 1) -> Any:
    """Give what differs, where each first was, which of them every element is, and how often each occurs.

    Examples:
        >>> unique(torch.tensor([2, 1, 1, 3]), sorted=0)[:3]
        (tensor([2, 1, 3]), tensor([0, 1, 3]), tensor([0, 1, 1, 2]))
    """
    if isinstance(data, np.ndarray):
        return _unique_texts(data, axis, sorted)
    values, inverse, counts = torch.unique(data, sorted=True, return_inverse=True, return_counts=True, dim=axis)
    inverse = inverse.reshape(-1)
    places = torch.arange(inverse.shape[0], device=data.device)
    first = torch.full_like(counts, inverse.shape[0]).scatter_reduce(0, inverse, places, "amin")
    if not sorted:
        order = first.argsort()
        values = values.index_select(0 if axis is None else axis, order)
        first, counts, inverse = first[order], counts[order], order.argsort()[inverse]
    return values, first, inverse, counts


def _keys(data: Tensor, axis: int, largest: int) -> Tensor:
    """Make integers that sort as floating-point numbers do, and equal ones by their place: the first is the largest."""
    bits = (data.detach() + 0.0).contiguous().view(torch.int32)  # the sum makes zeros of negative zeros
    order = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()
    order = order if largest else -order
    size = data.shape[axis]
    places = torch.arange(size - 1, -1, -1, device=data.device)
    return (order << 32) + places.reshape((-1,) + (1,) * (-axis - 1 if axis < 0 else data.ndim - 1 - axis))


def _unique_texts(data: np.ndarray, axis: int | None, sort: int) -> Any:
    """Find the texts that differ: as numbers, in the order of the texts."""
    alphabet, numbers = np.unique(data.astype(str), return_inverse=True)
    found = unique(torch.from_numpy(numbers.reshape(data.shape)), axis=axis, sorted=sort)
    return moved(lambda _: found[0], alphabet.astype(object)), *found[1:]
