"""Pools that keep the largest element, and their inverse."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.network.windows import cells, is_open, ones, padded, paddings, reach, surplus
from leyden.onnx.ops.registry import operator

__all__ = ["global_max_pool", "max_pool", "max_roi_pool", "max_unpool"]

_POOLS = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}


@operator("MaxPool")
def max_pool(
    x: Tensor, *, kernel_shape: tuple[int, ...], auto_pad: str = "NOTSET", ceil_mode: int = 0,
    dilations: tuple[int, ...] | None = None, pads: tuple[int, ...] | None = None, storage_order: int = 0,
    strides: tuple[int, ...] | None = None, output_count: int = 1,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Take the largest element of each window; where it was, too, if asked: the place in the whole flat input.

    Examples:
        >>> max_pool(torch.tensor([[[1.0, 3.0, 2.0]]]), kernel_shape=(2,), output_count=2)
        (tensor([[[3., 3.]]]), tensor([[[1, 1]]]))
    """
    axes = len(kernel_shape)
    strides, dilations = ones(strides, axes), ones(dilations, axes)
    spans = reach(kernel_shape, dilations)
    before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=pads)
    up = bool(ceil_mode and auto_pad == "NOTSET")
    by_torch = output_count == 1 and axes in _POOLS and (x.is_floating_point() or axes == 2)
    alike = not is_open(auto_pad, strides) and before == after
    if by_torch and alike and all(2 * pad <= size for pad, size in zip(before, kernel_shape, strict=True)):
        return _POOLS[axes](x, kernel_shape, strides, before, dilations, up)
    if up:
        more = surplus(x.shape[2:], spans, strides, before, after)
        after = tuple(last + rest for last, rest in zip(after, more, strict=True))
    wide = padded(x, before, after, _lowest(x.dtype))
    if by_torch:
        return _POOLS[axes](wide, kernel_shape, strides, 0, dilations)
    windows = cells(wide, kernel_shape, strides, dilations).flatten(2 + axes)
    if output_count == 1:
        return windows.amax(-1)
    largest, places = windows.max(-1)
    return largest, _flat_places(places, x.shape, kernel_shape, strides, dilations, before, storage_order)


@operator("MaxUnpool", since=9, numbers=("output_shape",))
def max_unpool(
    x: Tensor, i: Tensor, output_shape: tuple[int, ...] | None = None, *, kernel_shape: tuple[int, ...],
    pads: tuple[int, ...] | None = None, strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Put each element where it was before MaxPool took it; the others are zero.

    Indices count in the shape that the attributes give; `output_shape` then adds zeros behind each axis.
    """
    axes = len(kernel_shape)
    before, after = paddings((), kernel_shape, (), auto_pad="NOTSET", pads=pads)
    steps = zip(x.shape[2:], ones(strides, axes), kernel_shape, before, after, strict=True)
    natural = (*x.shape[:2], *((size - 1) * step + k - first - last for size, step, k, first, last in steps))
    result = x.new_zeros(math.prod(natural)).scatter(0, i.flatten(), x.flatten()).reshape(natural)
    if output_shape is None:
        return result
    rest = [want - have for want, have in zip(output_shape[2:], natural[2:], strict=True)]
    return padded(result, (0,) * axes, rest)


@operator("GlobalMaxPool")
def global_max_pool(x: Tensor) -> Tensor:
    """Take the largest element of each channel."""
    return x.amax(tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x


@operator("MaxRoiPool")
def max_roi_pool(x: Tensor, rois: Tensor, *, pooled_shape: tuple[int, ...], spatial_scale: float = 1.0) -> Tensor:
    """Divide each box (index in the batch, left, top, right, bottom) into cells, and take the largest element of each.

    A cell in which no element lies is zero.

    Source:
        Girshick, Fast R-CNN, 2015.
    """
    boxes = (rois[:, 1:] * spatial_scale + 0.5).floor()  # halves away from zero, as C rounds: boxes are not negative
    seen = x[rois[:, 0].long()]
    columns = _inside(boxes[:, 0], boxes[:, 2], pooled_shape[1], x.shape[3])
    rows = _inside(boxes[:, 1], boxes[:, 3], pooled_shape[0], x.shape[2])
    parts = [seen.masked_fill(~inside[:, None, None], -math.inf).amax(-1) for inside in columns.unbind(1)]
    seen = torch.stack(parts, -1)
    parts = [seen.masked_fill(~inside[:, None, :, None], -math.inf).amax(-2) for inside in rows.unbind(1)]
    seen = torch.stack(parts, -2)
    empty = ~(rows.any(-1)[:, :, None] & columns.any(-1)[:, None])
    return seen.masked_fill(empty[:, None], 0)


def _inside(first: Tensor, last: Tensor, count: int, size: int) -> Tensor:
    """Say for each box and cell which elements of an axis lie in it."""
    step = ((last - first + 1).clamp(min=1) / count)[:, None]
    cell = torch.arange(count, device=first.device)
    start = ((cell * step).floor() + first[:, None])[..., None]
    stop = (((cell + 1) * step).ceil() + first[:, None])[..., None]
    at = torch.arange(size, device=first.device)
    return (at >= start) & (at < stop)


def _lowest(dtype: torch.dtype) -> float:
    return -math.inf if dtype.is_floating_point else torch.iinfo(dtype).min


def _flat_places(
    places: Tensor, shape: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int],
    before: Sequence[int], storage_order: int,
) -> Tensor:  # fmt: skip
    """Turn places within windows into places in the flat input, rows (or for `storage_order` 1, columns) first."""
    axes = len(kernel)
    at = []
    for axis in reversed(range(axes)):
        inside, places = places % kernel[axis], places // kernel[axis]
        window = torch.arange(inside.shape[2 + axis], device=places.device).reshape(-1, *(1,) * (axes - axis - 1))
        at.insert(0, window * strides[axis] - before[axis] + inside * dilations[axis])
    result, weight = torch.zeros_like(places), 1
    for axis in range(axes) if storage_order else reversed(range(axes)):
        result = result + at[axis] * weight
        weight = weight * shape[2 + axis]
    planes = torch.arange(shape[0] * shape[1], device=places.device).reshape(shape[0], shape[1], *(1,) * axes)
    return result + planes * weight
