"""Sums of products over named axes, and determinants."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["det", "einsum"]


@operator("Einsum", since=12)
def einsum(*operands: Tensor, equation: str) -> Tensor:
    """Sum products over named axes."""
    return torch.einsum(equation, *operands)


@operator("Det", since=11)
def det(x: Tensor) -> Tensor:
    """Compute the determinant of each matrix; of sixteen bits in float32."""
    if x.dtype in (torch.float16, torch.bfloat16):
        return torch.linalg.det(x.float()).to(x.dtype)
    return torch.linalg.det(x)
