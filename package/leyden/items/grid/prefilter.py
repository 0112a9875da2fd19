"""What must be averaged before an image may be shrunk: otherwise fine patterns turn into coarse false ones."""

from math import hypot

import torch
from torch import Tensor
from torch.nn import functional

from leyden.items.grid.affine import Affine

__all__ = ["footprint", "smooth"]

_FREE = 1.05
"""Shrinking by less than 5 % is left to the interpolation, which averages neighbours anyway."""


def footprint(back: Affine) -> tuple[float, ...]:
    """Give how many old pixels a new one covers along each old axis; 1 for a rotation, below 1 when enlarging.

    Args:
        back: from new places to old ones.

    Examples:
        >>> footprint(((2.0, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 1.0)))
        (2.0, 0.5)
    """
    return tuple(hypot(*row[:-1]) for row in back[:-1])


def smooth(data: Tensor, widths: tuple[float, ...]) -> Tensor:
    """Average an image over boxes of the given widths, in at most two passes an axis.

    The whole part of a width is an area average onto a coarser grid with the same outer edges (so places counted from
    edge to edge keep their meaning), the rest a box of three weighted pixels: shrinking by exactly 2 is the mean
    of 2 x 2, and the result changes continuously as the width leaves 1.

    Args:
        data: `channel *space`, float32 or float64.
        widths: old pixels a new one covers, one an axis; up to 1.05 is left alone.

    Returns:
        `channel *coarser space`; `data` itself if nothing is to be done.
    """
    size = tuple(data.shape[1:])
    coarse = tuple(
        max(1, round(count / int(width))) if width >= 2 else count for count, width in zip(size, widths, strict=True)
    )
    if coarse != size:
        data = functional.interpolate(data.unsqueeze(0), coarse, mode="area").squeeze(0)
    for axis, (count, fine, width) in enumerate(zip(coarse, size, widths, strict=True), start=1):
        rest = width * count / fine
        if rest > _FREE and count > 1:
            data = _box(data, axis, rest)
    return data


def _box(data: Tensor, axis: int, width: float) -> Tensor:
    """Average along one axis over a box 1 to 3 pixels wide; beyond the edge the edge pixel counts again."""
    count, side = data.shape[axis], (width - 1) / (2 * width)
    padded = torch.cat((data.narrow(axis, 0, 1), data, data.narrow(axis, count - 1, 1)), axis)
    mean = data * (1 - 2 * side)
    return mean.add_(padded.narrow(axis, 0, count), alpha=side).add_(padded.narrow(axis, 2, count), alpha=side)
