"""Operators that move elements and change shapes."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["concat", "flatten", "gather", "reshape", "shape", "transpose"]


@operator("Shape", since=15, gives_numbers=True)
@operator("Shape", since=1, until=14, gives_numbers=True)
def shape(data: Tensor, *, start: int = 0, end: int | None = None) -> tuple[int, ...]:
    """Give the sizes of the axes."""
    return tuple(data.shape[start:end])


@operator("Reshape", since=5, numbers=("shape",))
def reshape(data: Tensor, shape: tuple[int, ...], *, allowzero: int = 0) -> Tensor:
    """Give the same elements in another shape; 0 keeps the size of an axis, -1 takes what is left."""
    sizes = shape if allowzero else tuple(size or data.shape[axis] for axis, size in enumerate(shape))
    return data.reshape(sizes)


@operator("Transpose")
def transpose(data: Tensor, *, perm: tuple[int, ...] | None = None) -> Tensor:
    """Reorder the axes."""
    return data.permute(perm if perm is not None else tuple(reversed(range(data.ndim))))


@operator("Flatten")
def flatten(data: Tensor, *, axis: int = 1) -> Tensor:
    """Give a matrix: the axes before `axis`, and the others."""
    rows = 1
    for size in data.shape[: axis if axis >= 0 else axis + data.ndim]:
        rows *= size
    return data.reshape(rows, -1)


@operator("Concat", since=4)
def concat(*parts: Tensor, axis: int) -> Tensor:
    """Join tensors along an axis."""
    return torch.cat(parts, axis)


@operator("Gather")
def gather(data: Tensor, indices: Tensor, *, axis: int = 0) -> Tensor:
    """Take slices along an axis."""
    axis %= data.ndim
    index = torch.where(indices < 0, indices + data.shape[axis], indices).long()
    taken = data.index_select(axis, index.reshape(-1))
    return taken.reshape((*data.shape[:axis], *indices.shape, *data.shape[axis + 1 :]))
