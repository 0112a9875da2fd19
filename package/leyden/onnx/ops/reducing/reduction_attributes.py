"""Reductions whose axes are an attribute, as they were before version 18 (ReduceSum before 13)."""

from torch import Tensor

from leyden.onnx.ops.reducing.reduction import (
    reduce_l1,
    reduce_l2,
    reduce_log_sum,
    reduce_log_sum_exp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
    reduce_sum_square,
)
from leyden.onnx.ops.registry import operator

__all__ = [
    "reduce_l1_attribute", "reduce_l2_attribute", "reduce_log_sum_attribute", "reduce_log_sum_exp_attribute",
    "reduce_max_attribute", "reduce_mean_attribute", "reduce_min_attribute", "reduce_prod_attribute",
    "reduce_sum_attribute", "reduce_sum_square_attribute",
]  # fmt: skip


@operator("ReduceSum", until=12)
def reduce_sum_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Add along axes; along all of them if none are named."""
    return reduce_sum(data, axes, keepdims=keepdims)


@operator("ReduceMean", until=17)
def reduce_mean_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Average along axes."""
    return reduce_mean(data, axes, keepdims=keepdims)


@operator("ReduceMax", until=17)
def reduce_max_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Give the greatest along axes."""
    return reduce_max(data, axes, keepdims=keepdims)


@operator("ReduceMin", until=17)
def reduce_min_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Give the least along axes."""
    return reduce_min(data, axes, keepdims=keepdims)


@operator("ReduceProd", until=17)
def reduce_prod_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Multiply along axes."""
    return reduce_prod(data, axes, keepdims=keepdims)


@operator("ReduceL1", until=17)
def reduce_l1_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Add absolute values along axes."""
    return reduce_l1(data, axes, keepdims=keepdims)


@operator("ReduceL2", until=17)
def reduce_l2_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Give the length of vectors along axes."""
    return reduce_l2(data, axes, keepdims=keepdims)


@operator("ReduceLogSum", until=17)
def reduce_log_sum_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Give the logarithm of sums along axes."""
    return reduce_log_sum(data, axes, keepdims=keepdims)


@operator("ReduceLogSumExp", until=17)
def reduce_log_sum_exp_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Give the logarithm of sums of exponentials along axes."""
    return reduce_log_sum_exp(data, axes, keepdims=keepdims)


@operator("ReduceSumSquare", until=17)
def reduce_sum_square_attribute(data: Tensor, *, axes: tuple[int, ...] | None = None, keepdims: int = 1) -> Tensor:
    """Add squares along axes."""
    return reduce_sum_square(data, axes, keepdims=keepdims)
