"""Operators that put elements at indices."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.indexing.taking import counted_from_start
from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, as_bits, moved, several

__all__ = [
    "one_hot", "one_hot_first", "scatter", "scatter_elements", "scatter_elements_first", "scatter_slices",
    "scatter_slices_first", "tensor_scatter",
]  # fmt: skip

_REDUCTIONS = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}


@operator("ScatterElements", since=16)
def scatter_elements(data: Elements, indices: Tensor, updates: Any, *, axis: int = 0, reduction: str = "none") -> Any:
    """Put one element for each index, or add it to what is there, multiply, keep the larger or the smaller.

    Examples:
        >>> scatter_elements(torch.zeros(3), torch.tensor([1, -2]), torch.tensor([2.0, 5.0]), reduction="add")
        tensor([0., 7., 0.])
    """
    if isinstance(data, np.ndarray):
        return _put_texts(data, updates, lambda old, new: scatter_elements(old, indices, new, axis=axis))
    places = counted_from_start(indices, data.shape[axis])
    if reduction == "none":
        bits = as_bits(data)
        put = bits.scatter(axis, places, as_bits(updates))
        return put if bits is data else put.view(data.dtype)
    return _reduced(data, axis, places, updates, reduction)


@operator("ScatterElements", since=11, until=15)
def scatter_elements_first(data: Elements, indices: Tensor, updates: Any, *, axis: int = 0) -> Any:
    """Put one element for each index."""
    return scatter_elements(data, indices, updates, axis=axis)


@operator("Scatter", since=9)
def scatter(data: Elements, indices: Tensor, updates: Any, *, axis: int = 0) -> Any:
    """Put one element for each index, under the name of the first version."""
    return scatter_elements(data, indices, updates, axis=axis)


@operator("ScatterND", since=16)
def scatter_slices(data: Elements, indices: Tensor, updates: Any, *, reduction: str = "none") -> Any:
    """Put a slice for each tuple of indices along the last axis, or combine it with what is there."""
    if isinstance(data, np.ndarray):
        return _put_texts(data, updates, lambda old, new: scatter_slices(old, indices, new))
    if reduction == "none":
        bits = as_bits(data)
        put = bits.index_put(tuple(indices.long().unbind(-1)), as_bits(updates))
        return put if bits is data else put.view(data.dtype)
    depth = indices.shape[-1]
    place = torch.zeros(indices.shape[:-1], dtype=torch.int64, device=data.device)
    for axis in range(depth):
        place = place * data.shape[axis] + counted_from_start(indices[..., axis], data.shape[axis])
    rows = data.flatten(0, depth - 1).reshape(-1, *data.shape[depth:])
    parts = updates.reshape(-1, *data.shape[depth:])
    places = place.reshape((-1,) + (1,) * (rows.ndim - 1)).expand(parts.shape)
    return _reduced(rows, 0, places, parts, reduction).reshape(data.shape)


@operator("ScatterND", since=11, until=15)
def scatter_slices_first(data: Elements, indices: Tensor, updates: Any) -> Any:
    """Put a slice for each tuple of indices along the last axis."""
    return scatter_slices(data, indices, updates)


@operator("TensorScatter", since=24)
def tensor_scatter(
    past_cache: Tensor, update: Tensor, write_indices: Tensor | None = None, *, axis: int = -2, mode: str = "linear"
) -> Tensor:
    """Write new elements of each sequence of a batch into a cache, from a place of its own on."""
    places = torch.arange(update.shape[axis], device=update.device)
    if write_indices is not None:
        places = places + write_indices.unsqueeze(1)
        places = places % past_cache.shape[axis] if mode == "circular" else places
    else:
        places = places.unsqueeze(0)
    axis %= past_cache.ndim
    sizes = [places.shape[0], *(1,) * (past_cache.ndim - 1)]
    sizes[axis] = places.shape[1]
    bits = as_bits(past_cache)
    written = bits.scatter(axis, places.reshape(sizes).expand(update.shape), as_bits(update))
    return written if bits is past_cache else written.view(past_cache.dtype)


@operator("OneHot", since=11, numbers=("depth",))
def one_hot(indices: Tensor, depth: Any, values: Elements, *, axis: int = -1) -> Any:
    """Give one value at the places that indices name along a new axis, and another everywhere else."""
    size = int(depth) if isinstance(depth, float) else several(depth)[0]
    indices = indices.long()
    return one_hot_first(torch.where(indices < 0, indices + size, indices), size, values, axis=axis)


@operator("OneHot", since=9, until=10, numbers=("depth",))
def one_hot_first(indices: Tensor, depth: Any, values: Elements, *, axis: int = -1) -> Any:
    """Give one value at the places that indices name along a new axis; negative ones name none."""
    size = several(depth)[0]
    size = int(size) if isinstance(size, float) else size
    axis = axis if axis >= 0 else axis + indices.ndim + 1
    classes = torch.arange(size, device=indices.device).reshape((-1,) + (1,) * (indices.ndim - axis))
    places = indices.long().unsqueeze(axis) == classes
    if isinstance(values, np.ndarray):
        return moved(lambda _: places.long(), values)
    return torch.where(places, values[1], values[0])


def _reduced(data: Tensor, axis: int, places: Tensor, updates: Tensor, reduction: str) -> Tensor:
    """Combine updates with data; types that torch does not compute with are computed in wider ones."""
    wide = data
    if data.dtype == torch.bool:
        wide = data.to(torch.uint8)
        reduction = {"add": "max", "mul": "min"}.get(reduction, reduction)
    elif as_bits(data) is not data:
        wide = data.float() if data.is_floating_point() else data.long()
    reduced = wide.scatter_reduce(axis, places, updates.to(wide.dtype), _REDUCTIONS[reduction])
    return reduced.to(data.dtype)


def _put_texts(data: np.ndarray, updates: Any, put: Callable[[Tensor, Tensor], Tensor]) -> Any:
    """Put texts as a function puts numbers: the old ones are counted first, the new ones after them."""
    old = torch.arange(data.size).reshape(data.shape)
    new = torch.arange(data.size, data.size + updates.size).reshape(updates.shape)
    return moved(lambda _: put(old, new), np.concatenate((data.reshape(-1), updates.reshape(-1))))
