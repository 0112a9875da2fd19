"""Numbers divided by what is computed of many of them."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["lp_normalisation", "mean_variance_normalisation"]


@operator("LpNormalization")
def lp_normalisation(x: Tensor, *, axis: int = -1, p: int = 2) -> Tensor:
    """Divide by the norm along an axis; where it is zero, so is the result.

    Examples:
        >>> lp_normalisation(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 0.0000]])
    """
    norm = torch.linalg.vector_norm(x, p, axis, keepdim=True)
    return x / torch.where(norm == 0, 1, norm)


@operator("MeanVarianceNormalization", since=9)
def mean_variance_normalisation(x: Tensor, *, axes: tuple[int, ...] = (0, 2, 3)) -> Tensor:
    """Take away the mean along axes, and divide by the standard deviation."""
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    return (x - mean) / (torch.sqrt(variance) + 1e-9)
