"""Convolutions, and their transposes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from leyden.onnx.ops.network.windows import int_max, is_open, ones, padded, paddings, reach, split_evenly
from leyden.onnx.ops.registry import operator

__all__ = ["conv", "conv_transpose"]

_FORWARD = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}
_BACKWARD = {1: torch.conv_transpose1d, 2: torch.conv_transpose2d, 3: torch.conv_transpose3d}


@operator("Conv")
def conv(
    x: Tensor, w: Tensor, b: Tensor | None = None, *, auto_pad: str = "NOTSET",
    dilations: tuple[int, ...] | None = None, group: int = 1, kernel_shape: tuple[int, ...] | None = None,
    pads: tuple[int, ...] | None = None, strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Convolve along any number of axes.

    Examples:
        >>> conv(torch.arange(4.0).reshape(1, 1, 4), torch.ones(1, 1, 2), auto_pad="SAME_UPPER")
        tensor([[[1., 3., 5., 3.]]])
    """
    axes = w.ndim - 2
    strides, dilations = ones(strides, axes), ones(dilations, axes)
    spans = reach(w.shape[2:], dilations)
    before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=pads)
    if is_open(auto_pad, strides) or before != after or axes not in _FORWARD:
        x, before = padded(x, before, after), (0,) * axes
    if axes in _FORWARD:
        return _FORWARD[axes](x, w, b, strides, before, dilations, group)
    return _along_more(x, w, b, strides, dilations, group)


@operator("ConvTranspose")
def conv_transpose(
    x: Tensor, w: Tensor, b: Tensor | None = None, *, auto_pad: str = "NOTSET",
    dilations: tuple[int, ...] | None = None, group: int = 1, kernel_shape: tuple[int, ...] | None = None,
    output_padding: tuple[int, ...] | None = None, output_shape: tuple[int, ...] | None = None,
    pads: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Transpose of a convolution; what `output_shape` asks for beyond all that is computed, the bias alone fills.

    Examples:
        >>> conv_transpose(torch.ones(1, 1, 2), torch.ones(1, 1, 3), strides=(2,), output_shape=(4,))
        tensor([[[1., 2., 1., 1.]]])
    """
    axes = w.ndim - 2
    strides, dilations = ones(strides, axes), ones(dilations, axes)
    extra = tuple(output_padding) if output_padding else (0,) * axes
    spans = reach(w.shape[2:], dilations)
    if output_shape or auto_pad.startswith("SAME"):
        steps = zip(x.shape[2:], strides, spans, strict=True)
        surplus = [span - step for span, step in zip(spans, strides, strict=True)]
        if output_shape:
            full = [(size - 1) * step + span for size, step, span in steps]
            surplus = [f - size for f, size in zip(full, output_shape[-axes:], strict=True)]
        totals = [int_max(more + e, 0) for more, e in zip(surplus, extra, strict=True)]
        before, _ = split_evenly(totals, more_after=auto_pad == "SAME_UPPER")
        after = tuple(more - first for more, first in zip(surplus, before, strict=True))
    else:
        before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=pads)
        after = tuple(last - e for last, e in zip(after, extra, strict=True))
    return _transposed(x, w, b, strides, dilations, before, after, group)


def _transposed(
    x: Tensor, w: Tensor, b: Tensor | None, strides: Sequence[int], dilations: Sequence[int], before: Sequence[int],
    after: Sequence[int], group: int,
) -> Tensor:  # fmt: skip
    """Transpose a convolution, and take away some of each end; torch can, where little is to be added behind."""
    axes = len(strides)
    more = [first - last for first, last in zip(before, after, strict=True)]
    limits = zip(strides, dilations, strict=True)
    if axes in _BACKWARD and all(0 <= e < max(limit) for e, limit in zip(more, limits, strict=True)):
        return _BACKWARD[axes](x, w, b, strides, before, more, group, dilations)
    if axes in _BACKWARD:
        full = _BACKWARD[axes](x, w, None, strides, 0, 0, group, dilations)
    else:
        full = _spread(x, w, strides, dilations, group)
    cut = padded(full, [-first for first in before], [-last for last in after])
    return cut if b is None else cut + b.reshape(-1, *(1,) * axes)


def _along_more(
    x: Tensor, w: Tensor, b: Tensor | None, strides: Sequence[int], dilations: Sequence[int], group: int
) -> Tensor:
    """Convolve along any number of axes: the last three by torch, each of those before as a sum over the kernel."""
    axes = w.ndim - 2
    if axes in _FORWARD:
        return _FORWARD[axes](x, w, b, strides, 0, dilations, group)
    if not axes:
        return _along_more(x.unsqueeze(2), w.unsqueeze(2), b, (1,), (1,), group).squeeze(2)
    count = (x.shape[2] - reach(w.shape[2:3], dilations[:1])[0]) // strides[0] + 1
    total = None
    for place in range(w.shape[2]):
        start = place * dilations[0]
        slices = x[:, :, start : start + (count - 1) * strides[0] + 1 : strides[0]]
        flat = slices.transpose(1, 2).flatten(0, 1)
        part = _along_more(flat, w[:, :, place], b if place == 0 else None, strides[1:], dilations[1:], group)
        total = part if total is None else total + part
    assert total is not None
    return total.unflatten(0, (x.shape[0], count)).transpose(1, 2)


def _spread(x: Tensor, w: Tensor, strides: Sequence[int], dilations: Sequence[int], group: int) -> Tensor:
    """Transpose a convolution along any number of axes: convolve with the turned kernel what has zeros in between."""
    axes = w.ndim - 2
    wide = [(size - 1) * step + 1 for size, step in zip(x.shape[2:], strides, strict=True)]
    sparse = x.new_zeros((*x.shape[:2], *wide))
    sparse[(..., *(slice(None, None, step) for step in strides))] = x
    kernel = w.unflatten(0, (group, -1)).transpose(1, 2).flatten(0, 1).flip(*range(2, 2 + axes)) if axes else w
    rim = [span - 1 for span in reach(w.shape[2:], dilations)]
    return _along_more(padded(sparse, rim, rim), kernel, None, (1,) * axes, dilations, group)
