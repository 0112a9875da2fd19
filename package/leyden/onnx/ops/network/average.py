"""Pools that take the mean, or another norm, of what a window sees or of all there is."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.network.windows import cells, is_open, ones, padded, paddings, reach, surplus
from leyden.onnx.ops.registry import operator

__all__ = ["average_pool", "global_average_pool", "global_lp_pool", "lp_pool"]

_POOLS = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}


@operator("AveragePool")
def average_pool(
    x: Tensor, *, kernel_shape: tuple[int, ...], auto_pad: str = "NOTSET", ceil_mode: int = 0,
    count_include_pad: int = 0, dilations: tuple[int, ...] | None = None, pads: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Take the mean of each window; `count_include_pad` says whether what was added counts.

    What only `ceil_mode` adds never counts.

    Examples:
        >>> average_pool(torch.tensor([[[1.0, 3.0, 2.0]]]), kernel_shape=(2,), strides=(2,), ceil_mode=1)
        tensor([[[2., 2.]]])
    """
    axes = len(kernel_shape)
    strides, dilations = ones(strides, axes), ones(dilations, axes)
    spans = reach(kernel_shape, dilations)
    before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=pads)
    up = bool(ceil_mode and auto_pad == "NOTSET")
    alike = axes in _POOLS and spans == kernel_shape and not is_open(auto_pad, strides) and before == after
    if alike and all(2 * pad <= size for pad, size in zip(before, kernel_shape, strict=True)):
        return _POOLS[axes](x, kernel_shape, strides, before, up, bool(count_include_pad))
    more = surplus(x.shape[2:], spans, strides, before, after) if up else (0,) * axes
    last = tuple(rest + pad for rest, pad in zip(more, after, strict=True))
    means = _means(padded(x, before, last), kernel_shape, strides, dilations)
    if count_include_pad and not up:
        return means
    counted = padded(x.new_ones((1, 1, *x.shape[2:])), before, after, float(count_include_pad))
    return means / _means(padded(counted, (0,) * axes, more), kernel_shape, strides, dilations)


def _means(x: Tensor, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Tensor:
    if len(kernel) in _POOLS and all(step == 1 for step in dilations):
        return _POOLS[len(kernel)](x, kernel, strides)
    return cells(x, kernel, strides, dilations).mean(tuple(range(-len(kernel), 0)))


@operator("LpPool")
def lp_pool(
    x: Tensor, *, kernel_shape: tuple[int, ...], auto_pad: str = "NOTSET", ceil_mode: int = 0,
    dilations: tuple[int, ...] | None = None, p: float = 2, pads: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Take the p-norm of each window."""
    axes = len(kernel_shape)
    strides, dilations = ones(strides, axes), ones(dilations, axes)
    spans = reach(kernel_shape, dilations)
    before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=pads)
    if ceil_mode and auto_pad == "NOTSET":
        more = surplus(x.shape[2:], spans, strides, before, after)
        after = tuple(last + rest for last, rest in zip(after, more, strict=True))
    windows = cells(padded(x, before, after), kernel_shape, strides, dilations)
    return torch.linalg.vector_norm(windows, p, dim=tuple(range(-axes, 0)))


@operator("GlobalAveragePool")
def global_average_pool(x: Tensor) -> Tensor:
    """Take the mean of each channel."""
    return x.mean(tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x


@operator("GlobalLpPool")
def global_lp_pool(x: Tensor, *, p: float = 2) -> Tensor:
    """Take the p-norm of each channel."""
    return torch.linalg.vector_norm(x, p, dim=tuple(range(2, x.ndim)), keepdim=True) if x.ndim > 2 else x.abs()
