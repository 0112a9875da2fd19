"""Operators that give the same elements in another shape or order of axes."""

from math import prod
from typing import Any

import numpy as np
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, moved, several

__all__ = [
    "axis_size", "expand", "flatten", "reshape", "reshape_fixed", "shape", "size", "squeeze", "squeeze_fixed",
    "transpose", "unsqueeze", "unsqueeze_fixed",
]  # fmt: skip


@operator("Shape", since=15, gives_numbers=True)
@operator("Shape", since=1, until=14, gives_numbers=True)
def shape(data: Elements, *, start: int = 0, end: int | None = None) -> tuple[Any, ...]:
    """Give the sizes of the axes."""
    return tuple(data.shape[start:end])


def axis_size(data: Elements, axis: int) -> Any:
    """Give the size of one axis."""
    return data.shape[axis]


@operator("Size", gives_numbers=True)
def size(data: Elements) -> Any:
    """Count the elements."""
    return prod(data.shape)


@operator("Reshape", since=5, numbers=("shape",))
def reshape(data: Elements, shape: tuple[Any, ...], *, allowzero: int = 0) -> Any:
    """Give the same elements in another shape; 0 keeps the size of an axis, -1 takes what is left.

    Examples:
        >>> import torch
        >>> reshape(torch.zeros(2, 3, 4), (0, -1)).shape
        torch.Size([2, 12])
    """
    if not allowzero and 0 in shape:
        sizes = data.shape
        shape = tuple(sizes[axis] if wanted == 0 else wanted for axis, wanted in enumerate(shape))
    return data.reshape(shape)


@operator("Reshape", since=1, until=4)
def reshape_fixed(data: Elements, *, shape: tuple[Any, ...] = (), consumed_inputs: tuple[Any, ...] = ()) -> Any:
    """Give the same elements in a shape that is an attribute."""
    return reshape(data, shape)


@operator("Transpose")
def transpose(data: Elements, *, perm: tuple[Any, ...] | None = None) -> Any:
    """Reorder the axes; backwards if no order is given."""
    if isinstance(data, np.ndarray):
        return data.transpose(perm)
    return data.permute(perm) if perm is not None else data.permute(tuple(range(data.ndim - 1, -1, -1)))


@operator("Flatten")
def flatten(data: Elements, *, axis: int = 1) -> Any:
    """Give a matrix: the axes before `axis`, and the others."""
    if axis == 1 and data.ndim > 1 and isinstance(data, Tensor):
        return data.flatten(1)
    axis = axis if axis >= 0 else axis + data.ndim
    sizes = data.shape
    return data.reshape((prod(sizes[:axis]), prod(sizes[axis:])))


@operator("Squeeze", since=13, numbers=("axes",))
def squeeze(data: Elements, axes: Any = None) -> Any:
    """Leave out axes of size one: those that are named, or all."""
    return data.squeeze() if axes is None else data.squeeze(axes)


@operator("Squeeze", until=12)
def squeeze_fixed(data: Elements, *, axes: tuple[Any, ...] | None = None) -> Any:
    """Leave out axes of size one that are an attribute, or all."""
    return squeeze(data, axes)


@operator("Unsqueeze", since=13, numbers=("axes",))
def unsqueeze(data: Elements, axes: Any) -> Any:
    """Put in axes of size one, at places of the result.

    Examples:
        >>> import torch
        >>> unsqueeze(torch.zeros(3, 4, 5), (0, -1)).shape
        torch.Size([1, 3, 4, 5, 1])
    """
    axes = several(axes)
    if isinstance(data, np.ndarray):
        return np.expand_dims(data, axes)
    if len(axes) == 1:
        return data.unsqueeze(axes[0])
    rank = data.ndim + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        data = data.unsqueeze(axis)
    return data


@operator("Unsqueeze", until=12)
def unsqueeze_fixed(data: Elements, *, axes: tuple[Any, ...]) -> Any:
    """Put in axes of size one, at places that are an attribute."""
    return unsqueeze(data, axes)


@operator("Expand", since=8, numbers=("shape",))
def expand(data: Elements, shape: tuple[Any, ...]) -> Any:
    """Repeat along axes of size one, without a copy, until data and `shape` fit each other; either may have ones.

    Examples:
        >>> import torch
        >>> expand(torch.zeros(3, 1), (2, 1, 6)).shape, expand(torch.zeros(2, 3), (1,)).shape
        (torch.Size([2, 3, 6]), torch.Size([2, 3]))
    """
    if isinstance(data, np.ndarray):
        return moved(expand, data, shape)
    missing = data.ndim - len(shape)
    wanted = (1,) * missing + tuple(shape) if missing > 0 else tuple(shape)
    new = max(-missing, 0)
    return data.expand((*wanted[:new], *(-1 if number == 1 else number for number in wanted[new:])))
