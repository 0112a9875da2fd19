"""What must be averaged before an image may be shrunk: otherwise fine patterns turn into coarse false ones."""

from dataclasses import dataclass
from math import ceil, floor, hypot, inf
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from leyden.items.grid.affine import Affine, Size

__all__ = ["Blur", "bands", "blur", "footprint", "smooth", "span"]

_FREE = 1.2
"""Shrinking by up to 1.2 is left to linear interpolation, which averages neighbours anyway.

It spreads a pixel by f (1 - f) where it reads at the fraction f, 1/6 square pixels on average; a box that is 1.2 wide
spreads it by no more than (1.2 ** 2 - 1) / 12 = 0.04 more than the pixel itself.
"""


def footprint(linear: Affine) -> tuple[float, ...]:
    """Give how many old pixels a new one covers along each old axis; 1 for a rotation, below 1 when enlarging.

    Args:
        linear: from new places to old ones, one row an old axis, without shift.

    Examples:
        >>> footprint(((2.0, 0.0), (0.0, 0.5)))
        (2.0, 0.5)
    """
    return tuple(hypot(*row) for row in linear)


def span(low: float, high: float, *, count: int, width: float, neighbours: int = 1) -> tuple[int, int]:
    """Give the first and one past the last pixel of an axis that reading from `low` to `high` may touch.

    Where reading leaves the axis, as much is kept behind the edge as may be mirrored there, and no more.

    Args:
        low: the least place that is read.
        high: the largest.
        count: the pixels of the axis.
        width: old pixels a new one covers along it, averaged over.
        neighbours: pixels that are read on either side of a place, after averaging: 1 linear, 2 cubic.

    Examples:
        >>> span(47.2, 60.0, count=200, width=1.0)
        (44, 64)
        >>> span(-3.5, 20.0, count=200, width=1.0)
        (0, 24)
    """
    margin = (1 + neighbours) * ceil(width) + 1  # what averaging and interpolation read around a place
    if not -inf < low <= high < inf or high - low > 4 * count + 4 * margin:
        return 0, count
    first, last = floor(low) - margin, ceil(high) + margin + 1
    first, last = min(first, 2 * count - last), max(last, -first)
    block = int(max(1.0, width))
    first, last = max(0, first), min(count, last)
    if block > 1:
        # whole blocks are averaged fastest; an edge that is not the axis's own may move
        first -= first % block
        last = last if last == count else min(count, first + ceil((last - first) / block) * block)
    return first, last


@final
@dataclass(frozen=True)
class Blur:
    """What shrinking by some widths asks for: a coarser grid, then three weighted pixels along each axis.

    Args:
        coarse: pixels along each axis after averaging over whole widths; outer edges stay where they are.
        sides: the weight of each neighbour on that grid, one an axis; 0 where nothing is to be done.
    """

    coarse: Size
    sides: tuple[float, ...]


def blur(size: Size, widths: tuple[float, ...]) -> Blur:
    """Say what an image needs before it shrinks.

    The whole part of a width is an area average onto a coarser grid with the same outer edges (so places counted from
    edge to edge keep their meaning), the rest three weighted pixels that spread a value as far as a box of that width
    does: shrinking by exactly 2 is the mean of 2 x 2, and the result changes continuously as the width leaves 1.2.

    Args:
        size: pixels along each axis.
        widths: old pixels a new one covers, one an axis; up to 1.2 is left alone.

    Examples:
        >>> blur((8, 9), (2.0, 1.5)).coarse, round(blur((8, 9), (2.0, 1.5)).sides[1], 5)
        ((4, 9), 0.03375)
    """
    coarse = tuple(
        max(1, round(count / int(width))) if width >= 2 else count for count, width in zip(size, widths, strict=True)
    )
    rests = [width * count / fine for count, fine, width in zip(coarse, size, widths, strict=True)]
    sides = tuple(
        # two neighbours of weight s spread by 2 s, a box of width w by (w * w - 1) / 12 more than one pixel
        (rest * rest - _FREE * _FREE) / 24 if rest > _FREE and count > 1 else 0.0
        for count, rest in zip(coarse, rests, strict=True)
    )
    return Blur(coarse, sides)


def bands(fine: int, coarse: int, *, side: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give both steps of a `blur` along one axis as one table of weights.

    Args:
        fine: pixels before.
        coarse: pixels after.
        side: the weight of each neighbour on the coarser grid.

    Returns:
        The first old pixel that each new one averages, and the weights from there on, `coarse tap`; rows sum to 1.

    Examples:
        >>> first, weights = bands(4, 2, side=0.0)
        >>> first.tolist(), weights.tolist()
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]])
    """
    edges = np.arange(coarse + 1) * (fine / coarse)
    left = np.arange(fine)
    shares = np.minimum(left + 1, edges[1:, None]) - np.maximum(left, edges[:-1, None])
    area = shares.clip(0) * (coarse / fine)
    padded = np.concatenate((area[:1], area, area[-1:]))
    table = (1 - 2 * side) * area + side * (padded[:-2] + padded[2:])
    some = table > 0
    first = some.argmax(1)
    taps = int((fine - some[:, ::-1].argmax(1) - first).max())
    first = np.minimum(first, fine - taps)
    return first, np.take_along_axis(table, first[:, None] + np.arange(taps), 1)


def smooth(data: Tensor, widths: tuple[float, ...]) -> Tensor:
    """Average an image over boxes of the given widths, in at most two passes an axis.

    Args:
        data: `channel *space`, float32 or float64.
        widths: old pixels a new one covers, one an axis; see `blur`.

    Returns:
        `channel *coarser space`; `data` itself if nothing is to be done.
    """
    size = tuple(data.shape[1:])
    plan = blur(size, widths)
    if all(fine % count == 0 for fine, count in zip(size, plan.coarse, strict=True)):
        if plan.coarse != size:
            data = functional.interpolate(data.unsqueeze(0), plan.coarse, mode="area").squeeze(0)
    else:
        for axis, count in enumerate(plan.coarse, start=1):
            data = _areas(data, axis, count) if count < data.shape[axis] else data
    for axis, side in enumerate(plan.sides, start=1):
        data = _box(data, axis, side) if side else data
    return data


def _areas(data: Tensor, axis: int, count: int) -> Tensor:
    """Average along one axis onto fewer pixels that divide it evenly and may cut through the old ones."""
    fine = data.shape[axis]
    width = fine / count
    edges = torch.arange(count + 1, dtype=torch.float64, device=data.device) * width
    first = edges[:-1].floor()
    mean = torch.zeros((), dtype=data.dtype, device=data.device)
    for step in range(ceil(width) + 1):
        left = first + step
        share = (torch.minimum(left + 1, edges[1:]) - torch.maximum(left, edges[:-1])).clamp_min(0) / width
        taken = data.index_select(axis, left.clamp_max(fine - 1).long())
        mean = mean + taken * share.to(data.dtype).view(-1, *(1 for _ in data.shape[axis + 1 :]))
    return mean


def _box(data: Tensor, axis: int, side: float) -> Tensor:
    """Average along one axis over three pixels; beyond the edge the edge pixel counts again."""
    count = data.shape[axis]
    padded = torch.cat((data.narrow(axis, 0, 1), data, data.narrow(axis, count - 1, 1)), axis)
    mean = data * (1 - 2 * side)
    return mean.add_(padded.narrow(axis, 0, count), alpha=side).add_(padded.narrow(axis, 2, count), alpha=side)
