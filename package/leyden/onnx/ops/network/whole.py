"""Pools over all axes of space at once."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["global_average_pool", "global_lp_pool", "global_max_pool"]


@operator("GlobalAveragePool")
def global_average_pool(x: Tensor) -> Tensor:
    """Take the mean of each channel."""
    return x.mean(tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x


@operator("GlobalMaxPool")
def global_max_pool(x: Tensor) -> Tensor:
    """Take the largest element of each channel."""
    return x.amax(tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x


@operator("GlobalLpPool")
def global_lp_pool(x: Tensor, *, p: float = 2) -> Tensor:
    """Take the p-norm of each channel."""
    return torch.linalg.vector_norm(x, p, dim=tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x.abs()
