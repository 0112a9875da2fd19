"""Functions of angles, of hyperbolas, and their inverses; angles are in radians."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh"]


@operator("Sin", since=7)
def sin(x: Tensor) -> Tensor:
    """Give the sine."""
    return torch.sin(x)


@operator("Cos", since=7)
def cos(x: Tensor) -> Tensor:
    """Give the cosine."""
    return torch.cos(x)


@operator("Tan", since=7)
def tan(x: Tensor) -> Tensor:
    """Give the tangent."""
    return torch.tan(x)


@operator("Asin", since=7)
def asin(x: Tensor) -> Tensor:
    """Give the inverse sine."""
    return torch.asin(x)


@operator("Acos", since=7)
def acos(x: Tensor) -> Tensor:
    """Give the inverse cosine."""
    return torch.acos(x)


@operator("Atan", since=7)
def atan(x: Tensor) -> Tensor:
    """Give the inverse tangent."""
    return torch.atan(x)


@operator("Sinh", since=9)
def sinh(x: Tensor) -> Tensor:
    """Give the hyperbolic sine."""
    return torch.sinh(x)


@operator("Cosh", since=9)
def cosh(x: Tensor) -> Tensor:
    """Give the hyperbolic cosine."""
    return torch.cosh(x)


@operator("Tanh")
def tanh(x: Tensor) -> Tensor:
    """Give the hyperbolic tangent."""
    return torch.tanh(x)


@operator("Asinh", since=9)
def asinh(x: Tensor) -> Tensor:
    """Give the inverse hyperbolic sine."""
    return torch.asinh(x)


@operator("Acosh", since=9)
def acosh(x: Tensor) -> Tensor:
    """Give the inverse hyperbolic cosine."""
    return torch.acosh(x)


@operator("Atanh", since=9)
def atanh(x: Tensor) -> Tensor:
    """Give the inverse hyperbolic tangent."""
    return torch.atanh(x)
