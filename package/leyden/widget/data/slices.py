"""A volume as three slices through one voxel, at right angles."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from leyden.data.look.leaf import grid_of, tensor_of
from leyden.data.look.print import shades
from leyden.data.pipe.view import Element
from leyden.data.volume import Volume
from leyden.widget.base.picture import encode
from leyden.widget.data.canvas import painted

__all__ = ["AXES", "middle", "slice_pixels", "slices_of", "usual_window"]

AXES = ("z", "y", "x")
"""Axes of a volume, in the order of memory."""

_SIDE = 340  # pixels that the longest axis gets: three fit side by side in a panel
_TAILS = (0.005, 0.995)  # shares of the values that are shown black and white at most
_COUNTED = 200_000  # values that are enough for these


def middle(grid: Sequence[int]) -> tuple[int, int, int]:
    """The voxel in the middle.

    Examples:
        >>> middle((4, 5, 1))
        (2, 2, 0)
    """
    return grid[0] // 2, grid[1] // 2, grid[2] // 2


def usual_window(value: Element) -> tuple[float, float]:
    """The values to show black and white, where nobody has chosen: all but the outermost half percent at either end.

    Bytes, truth values and what lies in [0, 1] keep their range, so that equal values look equal in every element.
    """
    numbers = tensor_of(value)
    assert numbers is not None, "an image holds numbers"
    if numbers.dtype in (torch.uint8, torch.bool):
        return (0.0, 255.0) if numbers.dtype == torch.uint8 else (0.0, 1.0)
    row = numbers.reshape(-1)
    some = row[:: max(1, len(row) // _COUNTED)].float()
    some = some[some.isfinite()]
    if not some.numel():
        return 0.0, 1.0
    if numbers.is_floating_point() and float(some.min()) >= 0 and 0.2 < float(some.max()) <= 1:
        return 0.0, 1.0
    low, high = (float(some.quantile(tail)) for tail in _TAILS)
    return (low, high) if high > low else (float(some.min()), float(some.max()) + 1e-6)


def slice_pixels(value: Element, axis: int, place: int, window: tuple[float, float] | None) -> np.ndarray:
    """The slice across an axis as bytes "y x"; of several channels the first."""
    numbers = _single(value)
    return shades(numbers.select(axis, place).contiguous(), window or usual_window(value))


def slices_of(
    value: Element,
    place: tuple[int, int, int] | None,
    *,
    window: tuple[float, float] | None = None,
    mask: Tensor | None = None,
    points: Tensor | None = None,
) -> tuple[tuple[str, bytes], ...]:
    """Three slices of a volume through one voxel: (what it shows, PNG) each.

    Pixels have the aspect of the voxels where the volume says its spacing. Rows are drawn as they lie in memory.

    Args:
        value: a volume, as `kinds_of` finds it.
        place: (z, y, x); None, or one outside the volume, is brought inside.
        window: values shown black and white.
        mask: regions "z y x".
        points: (z, y, x) a row; those within half a voxel of a slice are drawn.
    """
    grid = grid_of(value)
    centre = middle(grid) if place is None else place
    spots = [min(max(spot, 0), size - 1) for spot, size in zip(centre, grid, strict=True)]
    steps = value.spacing if isinstance(value, Volume) and min(value.spacing) > 0 else (1.0, 1.0, 1.0)
    lengths = [size * step for size, step in zip(grid, steps, strict=True)]
    shown = window or usual_window(value)
    made = []
    for axis, name in enumerate(AXES):
        down, across = (other for other in range(3) if other != axis)
        drawn = painted(
            slice_pixels(value, axis, spots[axis], shown),
            side=round(_SIDE * max(lengths[down], lengths[across]) / max(lengths)),
            mask=None if mask is None else mask.select(axis, spots[axis]),
            points=None if points is None else _near(points, axis, spots[axis])[:, [down, across]],
            aspect=steps[down] / steps[across],
            cross=(spots[down], spots[across]),
        )
        words = f"{name} = {spots[axis]} of 0 to {grid[axis] - 1}; {AXES[down]} down, {AXES[across]} to the right"
        made.append((words, encode(drawn)))
    return tuple(made)


def _near(points: Tensor, axis: int, spot: int) -> Tensor:
    return points[(points[:, axis] - spot).abs() <= 0.5]


def _single(value: Element) -> Tensor:
    numbers = tensor_of(value)
    assert numbers is not None, "a volume holds numbers"
    return numbers[0] if numbers.ndim == 4 else numbers
