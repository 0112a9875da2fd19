"""Numbers cut to integers, in the type that they have."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["ceil", "floor", "round_to_even"]


@operator("Floor")
def floor(x: Tensor) -> Tensor:
    """Round down."""
    return torch.floor(x)


@operator("Ceil")
def ceil(x: Tensor) -> Tensor:
    """Round up."""
    return torch.ceil(x)


@operator("Round", since=11)
def round_to_even(x: Tensor) -> Tensor:
    """Round to the nearest integer; what lies in the middle, to the even one.

    Examples:
        >>> round_to_even(torch.tensor([0.5, 1.5, 2.5]))
        tensor([0., 2., 2.])
    """
    return torch.round(x)
