"""Where the greatest and the least stand."""

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import lacks_kernels, ordered
from leyden.onnx.ops.registry import operator

__all__ = ["arg_max", "arg_min", "hardmax", "hardmax_flat"]


@operator("ArgMax")
def arg_max(data: Tensor, *, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Tensor:
    """Give the index of the greatest along an axis: of the first one, or of the last one.

    Examples:
        >>> arg_max(torch.tensor([1, 3, 3])), arg_max(torch.tensor([1, 3, 3]), select_last_index=1)
        (tensor([1]), tensor([2]))
    """
    data = ordered(data, data.dtype) if lacks_kernels(data) else data
    if not select_last_index:
        return torch.argmax(data, axis, keepdim=bool(keepdims))
    return data.shape[axis] - 1 - torch.argmax(torch.flip(data, (axis,)), axis, keepdim=bool(keepdims))


@operator("ArgMin")
def arg_min(data: Tensor, *, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Tensor:
    """Give the index of the least along an axis: of the first one, or of the last one."""
    data = ordered(data, data.dtype) if lacks_kernels(data) else data
    if not select_last_index:
        return torch.argmin(data, axis, keepdim=bool(keepdims))
    return data.shape[axis] - 1 - torch.argmin(torch.flip(data, (axis,)), axis, keepdim=bool(keepdims))


@operator("Hardmax", since=13)
def hardmax(x: Tensor, *, axis: int = -1) -> Tensor:
    """Give one for the first greatest along an axis, and zero for all others.

    Examples:
        >>> hardmax(torch.tensor([1.0, 3.0, 3.0]))
        tensor([0., 1., 0.])
    """
    if x.numel() == 0:
        return x
    return torch.zeros_like(x).scatter(axis, torch.argmax(x, axis, keepdim=True), 1)


@operator("Hardmax", until=12)
def hardmax_flat(x: Tensor, *, axis: int = 1) -> Tensor:
    """Give one for the first greatest, and zero for all others, over an axis and all that follow it."""
    axis = axis + x.dim() if axis < 0 else axis
    return hardmax(x.flatten(axis)).reshape(x.shape) if axis < x.dim() else torch.ones_like(x)
