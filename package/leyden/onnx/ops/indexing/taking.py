"""Operators that take elements by index or by condition."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, as_bits, moved

__all__ = ["compress", "counted_from_start", "gather", "gather_elements", "gather_slices", "nonzero"]


def counted_from_start(indices: Tensor, size: Any) -> Tensor:
    """Give indices, of which negative ones count from the end, as ones that count from the start."""
    return torch.where(indices < 0, indices + size, indices).long()


@operator("Gather", literals=("indices",))
def gather(data: Elements, indices: Any, *, axis: int = 0) -> Any:
    """Take slices along an axis; one slice, as a view, for one Python number.

    Examples:
        >>> gather(torch.tensor([[1, 2], [3, 4]]), torch.tensor([-1, 0]), axis=1)
        tensor([[2, 1],
                [4, 3]])
    """
    if isinstance(data, np.ndarray):
        return moved(gather, data, indices, axis=axis)
    if not isinstance(indices, Tensor):
        return data.select(axis, indices)
    if axis == 0:
        return data[indices.long()]
    return data[(slice(None),) * (axis % data.ndim) + (indices.long(),)]


@operator("GatherElements", since=11)
def gather_elements(data: Elements, indices: Tensor, *, axis: int = 0) -> Any:
    """Take one element for each index, which says where along one axis; its own place says where along the others."""
    if isinstance(data, np.ndarray):
        return moved(gather_elements, data, indices, axis=axis)
    bits = as_bits(data)
    taken = bits.gather(axis, counted_from_start(indices, data.shape[axis]))
    return taken if bits is data else taken.view(data.dtype)


@operator("GatherND", since=11)
def gather_slices(data: Elements, indices: Tensor, *, batch_dims: int = 0) -> Any:
    """Take a slice for each tuple of indices along the last axis; the first axes may be batches of both."""
    if isinstance(data, np.ndarray):
        return moved(gather_slices, data, indices, batch_dims=batch_dims)
    inner = indices.ndim - 1
    batches = [
        torch.arange(data.shape[axis], device=data.device).reshape((-1,) + (1,) * (inner - 1 - axis))
        for axis in range(batch_dims)
    ]
    return data[(*batches, *indices.long().unbind(-1))]


@operator("Compress", since=9)
def compress(data: Elements, condition: Tensor, *, axis: int | None = None) -> Any:
    """Take the slices along an axis, or the elements, for which a condition holds."""
    if isinstance(data, np.ndarray):
        return moved(compress, data, condition, axis=axis)
    places = condition.nonzero().squeeze(1)
    return data.reshape(-1).index_select(0, places) if axis is None else data.index_select(axis, places)


@operator("NonZero", since=9)
def nonzero(data: Elements) -> Any:
    """Give the places of what is not zero: a row for each axis, a column for each element."""
    if isinstance(data, np.ndarray):
        return torch.from_numpy(np.stack(np.nonzero(data.astype(bool))))
    data = data.reshape(1) if data.ndim == 0 else data
    if as_bits(data) is not data:
        data = data.float() if data.is_floating_point() else as_bits(data)
    return data.nonzero().t()
