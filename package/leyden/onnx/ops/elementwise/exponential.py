"""Roots, exponentials, logarithms, reciprocals, and the error function."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["error_function", "exponential_function", "logarithm", "reciprocal", "square_root"]


@operator("Sqrt")
def square_root(x: Tensor) -> Tensor:
    """Give the square root."""
    return torch.sqrt(x)


@operator("Exp")
def exponential_function(x: Tensor) -> Tensor:
    """Give e to the power of each number."""
    return torch.exp(x)


@operator("Log")
def logarithm(x: Tensor) -> Tensor:
    """Give the natural logarithm."""
    return torch.log(x)


@operator("Reciprocal")
def reciprocal(x: Tensor) -> Tensor:
    """Divide one by each number."""
    return torch.reciprocal(x)


@operator("Erf", since=9)
def error_function(x: Tensor) -> Tensor:
    """Give the error function."""
    return torch.erf(x)
