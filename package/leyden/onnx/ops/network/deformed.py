"""Convolutions that look where a second input tells them to."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from leyden.onnx.ops.network.windows import ones
from leyden.onnx.ops.registry import operator

__all__ = ["deform_conv"]


@operator("DeformConv", since=19)
def deform_conv(
    x: Tensor, w: Tensor, offset: Tensor, b: Tensor | None = None, mask: Tensor | None = None, *,
    dilations: tuple[int, ...] | None = None, group: int = 1, kernel_shape: tuple[int, ...] | None = None,
    offset_group: int = 1, pads: tuple[int, ...] | None = None, strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Convolve; each place of the kernel is moved by an offset and weighed by a mask.

    Source:
        Zhu and others, Deformable ConvNets v2, 2018.
    """
    axes = w.ndim - 2
    windows, kernel = offset.shape[2:], w.shape[2:]
    taps = math.prod(kernel)
    shifts = offset.reshape(x.shape[0], offset_group, taps, axes, *windows)
    points = [shifts[:, :, :, axis] for axis in range(axes)]
    steps = zip(ones(strides, axes), ones(dilations, axes), pads or (0,) * axes, strict=False)
    for axis, (stride, dilation, pad) in enumerate(steps):
        after = (1,) * (axes - axis - 1)
        start = torch.arange(windows[axis], device=x.device).reshape(-1, *after) * stride - pad
        place = torch.arange(kernel[axis], device=x.device).reshape(-1, *after).expand(kernel) * dilation
        points[axis] = points[axis] + (place.reshape(taps, *(1,) * axes) + start)
    seen = _interpolated(x.reshape(x.shape[0], offset_group, -1, *x.shape[2:]), points)
    if mask is not None:
        seen = seen * mask.reshape(x.shape[0], offset_group, 1, taps, *windows)
    seen = seen.reshape(x.shape[0], group, w.shape[1] * taps, -1)
    result = torch.einsum("goc,ngcl->ngol", w.reshape(group, -1, w.shape[1] * taps), seen)
    result = result.reshape(x.shape[0], w.shape[0], *windows)
    return result if b is None else result + b.reshape(-1, *(1,) * axes)


def _interpolated(x: Tensor, points: Sequence[Tensor]) -> Tensor:
    """Interpolate linearly between elements; outside are zeros.

    Args:
        x: Batch, group of channels, channel, axes of space.
        points: For each of those, a place: batch, group, then any axes.
    """
    sizes = x.shape[3:]
    flat = x.flatten(3)
    first = [point.floor() for point in points]
    total = torch.zeros((), dtype=x.dtype, device=x.device)
    for corner in itertools.product((0, 1), repeat=len(points)):
        index, weight = torch.zeros_like(points[0], dtype=torch.int64), torch.ones_like(points[0])
        for step, point, start, size in zip(corner, points, first, sizes, strict=True):
            at = start + step
            inside = (at >= 0) & (at < size)
            weight = weight * torch.where(inside, 1 - (point - at).abs(), 0)
            index = index * size + torch.where(inside, at, 0).long()
        taken = flat.gather(3, index.flatten(2).unsqueeze(2).expand(-1, -1, flat.shape[2], -1))
        total = total + taken.unflatten(3, index.shape[2:]) * weight.unsqueeze(2)
    return total
