"""Operators that act on one element at a time."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["add", "identity", "mul", "relu", "sigmoid"]


@operator("Add", since=7, scalars=True)
def add(a: Tensor, b: Tensor) -> Tensor:
    """Add."""
    return torch.add(a, b)


@operator("Mul", since=7, scalars=True)
def mul(a: Tensor, b: Tensor) -> Tensor:
    """Multiply."""
    return torch.mul(a, b)


@operator("Relu")
def relu(x: Tensor) -> Tensor:
    """Set what is negative to zero."""
    return torch.relu(x)


@operator("Sigmoid")
def sigmoid(x: Tensor) -> Tensor:
    """The logistic function."""
    return torch.sigmoid(x)


@operator("Identity")
def identity(x: Tensor) -> Tensor:
    """Give the value itself."""
    return x
