"""A slice as pixels: its values in a window, labels filled or outlined over it, without a figure around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image as Pillow

__all__ = ["Fill", "Interpolation", "Over", "painted", "shaded"]

Fill: TypeAlias = Literal["outline", "fill", "both"]
"""How labels are laid over an image."""

Interpolation: TypeAlias = Literal["smooth", "voxels"]
"""Whether values between voxels are interpolated, or each voxel is one square."""

_LINE = 2  # pixels: half as much is lost on grey


@dataclass(frozen=True, eq=False)
class Over:
    """What is laid over a slice.

    Args:
        labels: uint8, as they lie on the screen, of the size of the whole slice; 0 for what stays clear.
        colours: bytes "label rgb".
    """

    labels: np.ndarray
    colours: np.ndarray


def shaded(values: np.ndarray, window: tuple[float, float]) -> np.ndarray:
    """Values "y x" as bytes from black to white; what is not a number is black."""
    low, high = window
    share = (values.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return np.nan_to_num(share, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).astype(np.uint8)


def painted(
    grey: np.ndarray,
    overs: Sequence[Over],
    *,
    box: tuple[float, float, float, float],
    shape: tuple[int, int],
    fill: Fill = "both",
    opacity: float = 0.35,
    interpolation: Interpolation = "smooth",
) -> np.ndarray:
    """A slice at a size, with labels over it.

    Args:
        grey: bytes "y x".
        overs: laid on one after the other.
        box: top, left, height and width of what is shown, in voxels.
        shape: height and width of the picture, in pixels.
        fill: whether labels are filled, outlined, or both.
        opacity: how much of the image a filled label hides, 0 to 1; outlines hide it all.
        interpolation: of the image; labels keep the edges of their voxels.

    Returns:
        Bytes "y x 3".
    """
    top, left, height, width = box
    way = Pillow.Resampling.BICUBIC if interpolation == "smooth" else Pillow.Resampling.NEAREST
    frame = (left, top, left + width, top + height)
    small = Pillow.fromarray(np.ascontiguousarray(grey)).resize((shape[1], shape[0]), way, box=frame)
    canvas = np.repeat(np.asarray(small)[..., None], 3, axis=2)
    rows, columns = _nearest(top, height, shape[0]), _nearest(left, width, shape[1])
    for over in overs:
        _lay(canvas, over, rows, columns, fill=fill, opacity=opacity)
    return canvas


def _lay(canvas: np.ndarray, over: Over, rows: np.ndarray, columns: np.ndarray, *, fill: Fill, opacity: float) -> None:
    """Lay one label map on a picture, in place; only where it is."""
    large = np.ascontiguousarray(over.labels)[rows[:, None], columns]
    down, right = (np.flatnonzero(large.any(axis)) for axis in (1, 0))
    if not len(down):
        return
    near = np.s_[max(down[0] - _LINE, 0) : down[-1] + 1 + _LINE, max(right[0] - _LINE, 0) : right[-1] + 1 + _LINE]
    large, part = large[near], canvas[near]
    if fill in ("fill", "both"):
        inside = large != 0
        tint = over.colours[large[inside]].astype(np.float32)
        part[inside] = (part[inside] * (1 - opacity) + tint * opacity).round().astype(np.uint8)
    if fill in ("outline", "both"):
        edge = _edge(large)
        part[edge] = over.colours[large[edge]]


def _edge(labels: np.ndarray) -> np.ndarray:
    """Pixels of a label within a line's width of another one, or of none."""
    edge = np.zeros(labels.shape, bool)
    for step in range(1, _LINE + 1):
        for one, two in ((np.s_[step:], np.s_[:-step]), (np.s_[:, step:], np.s_[:, :-step])):
            differ = labels[one] != labels[two]
            edge[one] |= differ
            edge[two] |= differ
    return edge & (labels != 0)


def _nearest(first: float, span: float, count: int) -> np.ndarray:
    """The voxel under each pixel along a side."""
    return np.floor(first + (np.arange(count) + 0.5) * (span / count)).astype(np.intp)
