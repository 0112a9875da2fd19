"""Pixels as PNG, without a figure around them: a grid of pictures in a few milliseconds."""

import io
import math
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from leyden import plot

__all__ = ["encode", "mosaic", "paint", "pixels"]

_TINT = 0.35


def pixels(picture: Tensor) -> np.ndarray:
    """A picture "channel y x" of 1 or 3 channels, in [0, 1], as bytes "y x 3"; what lies outside is cut off."""
    values = picture.detach().cpu().float().nan_to_num().clamp(0, 1).mul(255).round().to(torch.uint8)
    return values.expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()


def encode(array: np.ndarray) -> bytes:
    """Bytes "y x 3" or "y x 4" as a PNG file; equal pixels give equal bytes."""
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, format="PNG", compress_level=3)
    return buffer.getvalue()


def paint(picture: Tensor, *, mask: Tensor | None = None, points: Tensor | None = None, side: int = 160) -> np.ndarray:
    """A picture at the size of a thumbnail, its regions tinted and outlined, its places ringed.

    Args:
        picture: "channel y x" in [0, 1], 1 or 3 channels.
        mask: integers "y x", 0 for what stays clear.
        points: pixels (y, x), one a row, the centre of the first pixel at 0.
        side: the longer side of the thumbnail, in pixels.

    Returns:
        Bytes "y x 3".
    """
    small = pixels(picture)
    scale = side / max(small.shape[:2])
    size = (max(1, round(small.shape[1] * scale)), max(1, round(small.shape[0] * scale)))
    way = Image.Resampling.NEAREST if scale > 4 else Image.Resampling.BICUBIC
    canvas = np.asarray(Image.fromarray(small).resize(size, way)).astype(np.float32)
    if mask is not None:
        labels = np.asarray(Image.fromarray(mask.cpu().numpy().astype(np.int32)).resize(size, Image.Resampling.NEAREST))
        _tint(canvas, labels)
    if points is not None:
        _ring(canvas, (points.detach().cpu().double().numpy() + 0.5) * scale - 0.5)
    return canvas.round().clip(0, 255).astype(np.uint8)


def mosaic(cells: Sequence[np.ndarray], *, columns: int | None = None, gap: int = 6) -> np.ndarray:
    """Pictures side by side and below each other, each in the middle of its cell; between them the page shows through.

    Args:
        cells: bytes "y x 3", one or more.
        columns: pictures a row; by default about as many as rows, one more where that fits better.
        gap: pixels between two cells.

    Returns:
        Bytes "y x 4".
    """
    columns = columns or math.ceil(math.sqrt(len(cells)))
    rows = math.ceil(len(cells) / columns)
    height, width = max(cell.shape[0] for cell in cells), max(cell.shape[1] for cell in cells)
    canvas = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), np.uint8)
    for index, cell in enumerate(cells):
        top = index // columns * (height + gap) + (height - cell.shape[0]) // 2
        left = index % columns * (width + gap) + (width - cell.shape[1]) // 2
        canvas[top : top + cell.shape[0], left : left + cell.shape[1]] = np.dstack(
            [cell, np.full(cell.shape[:2], 255, np.uint8)]
        )
    return canvas


def _colour(label: int) -> np.ndarray:
    code = plot.PALETTE[label % len(plot.PALETTE)]
    return np.array([int(code[place : place + 2], 16) for place in (1, 3, 5)], np.float32)


def _tint(canvas: np.ndarray, labels: np.ndarray) -> None:
    edge = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        for way in (1, -1):
            edge |= np.roll(labels, way, axis) != labels
    for label in np.unique(labels[labels != 0]).tolist():
        inside = labels == label
        canvas[inside] = (1 - _TINT) * canvas[inside] + _TINT * _colour(label)
        canvas[inside & edge] = _colour(label)


def _ring(canvas: np.ndarray, places: np.ndarray) -> None:
    down, right = np.mgrid[: canvas.shape[0], : canvas.shape[1]]
    for y, x in places[np.isfinite(places).all(1)]:
        distance = np.hypot(down - y, right - x)
        canvas[np.abs(distance - 4.5) < 2.2] = (0, 0, 0)
        canvas[np.abs(distance - 4.5) < 1.1] = (240, 228, 66)
