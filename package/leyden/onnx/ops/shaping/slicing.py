"""Operators that cut out parts of a tensor."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, as_bits, moved, several

__all__ = ["center_crop_pad", "cut", "cut_fixed"]


@operator("Slice", since=10, numbers=("starts", "ends", "axes", "steps"))
def cut(data: Elements, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    """Take every so many elements from a start to an end along axes; backwards if the step is negative.

    Examples:
        >>> cut(torch.arange(10), (8,), (2,), (0,), (-3,))
        tensor([8, 5])
    """
    if isinstance(data, np.ndarray):
        return moved(cut, data, starts, ends, axes, steps)
    starts, ends = several(starts), several(ends)
    axes = range(len(starts)) if axes is None else several(axes)
    steps = (1,) * len(starts) if steps is None else several(steps)
    places: list[Any] = [slice(None)] * data.ndim
    turned: list[int] = []
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if step < 0:
            turned.append(axis)
            places[axis] = _backwards(start, end, -step, data.shape[axis])
        else:
            places[axis] = slice(start, end, step)
    return (data.flip(turned) if turned else data)[tuple(places)]


@operator("Slice", until=9)
def cut_fixed(
    data: Elements, *, starts: tuple[Any, ...], ends: tuple[Any, ...], axes: tuple[Any, ...] | None = None
) -> Any:
    """Take the elements from a start to an end along axes, all of them attributes."""
    return cut(data, starts, ends, axes)


@operator("CenterCropPad", since=18, numbers=("shape",))
def center_crop_pad(data: Tensor, shape: tuple[Any, ...], *, axes: tuple[Any, ...] | None = None) -> Tensor:
    """Cut out the middle of a tensor, or put zeros around it, so that it has given sizes."""
    pads = [0] * (2 * data.ndim)
    for axis, size in zip(range(data.ndim) if axes is None else axes, shape, strict=True):
        axis %= data.ndim
        more = size - data.shape[axis]
        before = more // 2 if more > 0 else -(-more // 2)
        pads[2 * (data.ndim - 1 - axis)] = before
        pads[2 * (data.ndim - 1 - axis) + 1] = more - before
    return pad(as_bits(data), pads).view(data.dtype)


def _backwards(start: Any, end: Any, step: Any, size: Any) -> slice:
    """Give the places in a turned axis that a slice with a negative step takes, from its ends in the axis as it was."""
    first = torch.sym_max(size - 1 - start, 0) if start >= 0 else torch.sym_min(-1 - start, size - 1)
    last = torch.sym_max(size - 1 - end, 0) if end >= 0 else -1 - end
    return slice(first, last, step)
