"""Pixels as PNG, without a figure around them: a grid of pictures in a few milliseconds."""

import base64
import io
import math
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, features
from torch import Tensor

from leyden import plot

__all__ = ["address", "encode", "mosaic", "paint", "pixels"]

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


def address(array: np.ndarray) -> str:
    """Bytes "y x 3" or "y x 4" as an address that a browser shows, bit for bit.

    For pictures that change while a slider moves: WebP without loss takes half of the time of PNG and fewer bytes.
    """
    buffer = io.BytesIO()
    kind = "webp" if features.check("webp") else "png"
    options = {"lossless": True, "method": 0, "quality": 0} if kind == "webp" else {"compress_level": 1}
    Image.fromarray(array).save(buffer, format=kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


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


def _colours() -> np.ndarray:
    codes = [[int(code[place : place + 2], 16) for place in (1, 3, 5)] for code in plot.PALETTE]
    return np.array(codes, np.float32)


def _tint(canvas: np.ndarray, labels: np.ndarray) -> None:
    edge = np.zeros(labels.shape, bool)
    for one, two in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        differ = labels[one] != labels[two]
        edge[one] |= differ
        edge[two] |= differ
    inside = np.nonzero(labels)
    share = np.where(edge[inside], 1, _TINT).astype(np.float32)[:, None]
    canvas[inside] = (1 - share) * canvas[inside] + share * _colours()[labels[inside] % len(plot.PALETTE)]


def _ring(canvas: np.ndarray, places: np.ndarray) -> None:
    high, wide = canvas.shape[:2]
    for y, x in places[np.isfinite(places).all(1)]:
        top, left = (min(max(int(place) - 8, 0), size) for place, size in ((y, high), (x, wide)))
        near = canvas[top : max(int(y) + 9, 0), left : max(int(x) + 9, 0)]  # the ring reaches 7 pixels far
        down, right = np.mgrid[top : top + near.shape[0], left : left + near.shape[1]]
        distance = np.abs(np.hypot(down - y, right - x) - 4.5)
        near[distance < 2.2] = (0, 0, 0)
        near[distance < 1.1] = (240, 228, 66)
