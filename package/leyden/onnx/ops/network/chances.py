"""Numbers as chances that add up to one."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["log_softmax", "log_softmax_1", "softmax", "softmax_1"]


@operator("Softmax", since=13)
def softmax(x: Tensor, *, axis: int = -1) -> Tensor:
    """Give chances along one axis."""
    return torch.softmax(x, axis)


@operator("Softmax", until=12)
def softmax_1(x: Tensor, *, axis: int = 1) -> Tensor:
    """Give chances along all axes from `axis` on, taken as one.

    Examples:
        >>> softmax_1(torch.zeros(1, 2, 2))
        tensor([[[0.2500, 0.2500],
                 [0.2500, 0.2500]]])
    """
    return torch.softmax(_rows(x, axis), -1).reshape(x.shape)


@operator("LogSoftmax", since=13)
def log_softmax(x: Tensor, *, axis: int = -1) -> Tensor:
    """Give logarithms of chances along one axis."""
    return torch.log_softmax(x, axis)


@operator("LogSoftmax", until=12)
def log_softmax_1(x: Tensor, *, axis: int = 1) -> Tensor:
    """Give logarithms of chances along all axes from `axis` on, taken as one."""
    return torch.log_softmax(_rows(x, axis), -1).reshape(x.shape)


def _rows(x: Tensor, axis: int) -> Tensor:
    return x.unsqueeze(-1) if axis == x.ndim else x.flatten(axis)
