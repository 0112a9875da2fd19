"""Sums and products of all that stands before."""

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import lacks_kernels, wrapped
from leyden.onnx.ops.registry import operator

__all__ = ["cumulative_product", "cumulative_sum"]

_Axis = int | tuple[int, ...]


@operator("CumSum", since=11, numbers=("axis",))
def cumulative_sum(x: Tensor, axis: _Axis, *, exclusive: int = 0, reverse: int = 0) -> Tensor:
    """Add up along an axis.

    Args:
        x: The numbers.
        axis: The axis.
        exclusive: Whether each sum leaves out its own element.
        reverse: Whether sums begin at the end.

    Examples:
        >>> cumulative_sum(torch.tensor([1, 2, 3]), 0, exclusive=1, reverse=1)
        tensor([5, 3, 0])
    """
    return _along(x, axis, exclusive=exclusive, reverse=reverse, product=False)


@operator("CumProd", since=26, numbers=("axis",))
def cumulative_product(x: Tensor, axis: _Axis, *, exclusive: int = 0, reverse: int = 0) -> Tensor:
    """Multiply along an axis; see `cumulative_sum`."""
    return _along(x, axis, exclusive=exclusive, reverse=reverse, product=True)


def _along(x: Tensor, axis: _Axis, *, exclusive: int, reverse: int, product: bool) -> Tensor:
    if lacks_kernels(x):
        return wrapped(lambda wide: _along(wide, axis, exclusive=exclusive, reverse=reverse, product=product), x)
    axis = axis if isinstance(axis, int) else axis[0]
    x = torch.flip(x, (axis,)) if reverse else x
    if exclusive:
        shape = list(x.shape)
        shape[axis] = 1
        x = torch.cat((x.new_full(shape, 1 if product else 0), x), axis).narrow(axis, 0, x.shape[axis])
    x = torch.cumprod(x, axis, dtype=x.dtype) if product else torch.cumsum(x, axis, dtype=x.dtype)
    return torch.flip(x, (axis,)) if reverse else x
