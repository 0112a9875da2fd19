"""Pixels of one element: any image, mask, slice, wave or block of numbers at a size asked for."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont
from torch import Tensor

from leyden import plot
from leyden.data.look.leaf import tensor_of
from leyden.data.look.print import shades
from leyden.data.pipe.view import Element
from leyden.widget.base.picture import paint

__all__ = ["card", "flat", "heat", "painted", "profile"]

_PAPER, _INK, _LINE = 248, 34, (0, 114, 178)
_ENLARGED = 16  # times that a small picture is enlarged at most: single pixels are seen then


def painted(
    pixels: np.ndarray,
    *,
    side: int,
    mask: Tensor | None = None,
    points: Tensor | None = None,
    aspect: float = 1.0,
    cross: tuple[int, int] | None = None,
) -> np.ndarray:
    """A picture at a size, its regions tinted, its points ringed, lines through one pixel.

    Args:
        pixels: bytes "y x" or "y x 3".
        side: the longer side in pixels; tiny pictures stay smaller, enlarged sixteen times.
        mask: whole numbers "y x".
        points: pixels (y, x), one a row.
        aspect: height of a pixel over its width.
        cross: the pixel that lines are drawn through.

    Returns:
        Bytes "y x 3".
    """
    high, wide = pixels.shape[0] * aspect, pixels.shape[1]
    scale = min(side / max(high, wide), float(_ENLARGED))
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    way = Pillow.Resampling.NEAREST if scale > 4 else Pillow.Resampling.BICUBIC
    small = np.array(Pillow.fromarray(pixels).resize(size, way, reducing_gap=3.0 if scale < 1 else None).convert("RGB"))
    if mask is None and points is None and cross is None:
        return small
    labels = None if mask is None else _nearest(mask, size)
    steps = torch.tensor([size[1] / pixels.shape[0], size[0] / pixels.shape[1]], dtype=torch.float64)
    places = None if points is None else (points.double() + 0.5) * steps - 0.5
    drawn = paint(torch.from_numpy(small).permute(2, 0, 1) / 255, mask=labels, points=places, side=max(size))
    if cross is not None:
        row, column = (int((place + 0.5) * step) for place, step in zip(cross, steps.tolist(), strict=True))
        _tint_line(drawn[min(row, len(drawn) - 1)])
        _tint_line(drawn[:, min(column, drawn.shape[1] - 1)])
    return drawn


def flat(value: Element, span: tuple[float, float] | None = None) -> np.ndarray:
    """An image, or a mask as a black picture of its size, as bytes "y x" or "y x 3"."""
    numbers = tensor_of(value)
    assert numbers is not None, "only what holds numbers is drawn"
    return shades(value, span) if numbers.ndim in (2, 3) else np.zeros((1, 1), np.uint8)


def heat(numbers: Tensor, *, side: int) -> np.ndarray:
    """A block of numbers as grey squares, least to greatest: its last two axes, of others the first entries."""
    while numbers.ndim > 2:
        numbers = numbers[0]
    block = numbers[None] if numbers.ndim == 1 else numbers
    if not block.numel():
        return np.full((side // 8, side, 3), _PAPER, np.uint8)
    wide = shades(block.double().numpy(), _span(block))
    scale = max(1, min(side // max(wide.shape), 24))
    rows, columns = wide.shape
    size = (min(side, columns * scale), min(side, max(rows * scale, 12 if rows == 1 else 1)))
    return np.array(Pillow.fromarray(wide).resize(size, Pillow.Resampling.BOX).convert("RGB"))


def profile(values: Tensor, *, width: int, height: int) -> np.ndarray:
    """Numbers in a row as a wave: of every column of pixels the least and the greatest."""
    row = values.double().nan_to_num()
    row = (row if row.ndim == 1 else row.flatten(0, -2).mean(0)).numpy()
    canvas = np.full((height, width, 3), _PAPER, np.uint8)
    if not len(row):
        return canvas
    parts = np.array_split(row, width) if len(row) >= width else [row[[i * len(row) // width]] for i in range(width)]
    top = max(float(np.abs(row).max()), 1e-12)
    for column, part in enumerate(parts):
        low, high = ((0.5 - 0.46 * end / top) * (height - 1) for end in (part.max(), part.min()))
        canvas[int(low) : int(high) + 1, column] = _LINE
    return canvas


def card(lines: Sequence[str], *, width: int = 480, size: int = 14) -> np.ndarray:
    """Words as a picture, for where no front end writes them."""
    font = ImageFont.load_default(size)
    rows = [piece for line in lines for piece in _wrapped(line, font, width - 24)][:40] or [""]
    sheet = Pillow.new("RGB", (width, 24 + len(rows) * round(1.5 * size)), (_PAPER,) * 3)
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        pen.text((12, 12 + number * round(1.5 * size)), row, fill=(_INK,) * 3, font=font)
    return np.array(sheet)


def _nearest(mask: Tensor, size: tuple[int, int]) -> Tensor:
    labels = Pillow.fromarray(mask.cpu().numpy().astype(np.int32)).resize(size, Pillow.Resampling.NEAREST)
    return torch.from_numpy(np.array(labels))


def _tint_line(line: np.ndarray) -> None:
    colour = plot.PALETTE[4]  # amber: seen on grey of any lightness
    amber = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    line[:] = (0.45 * line + 0.55 * amber).astype(np.uint8)


def _span(numbers: Tensor) -> tuple[float, float]:
    finite = numbers.double()[numbers.double().isfinite()]
    return (float(finite.min()), float(finite.max())) if finite.numel() else (0.0, 1.0)


def _wrapped(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    rows, row = [], ""
    for word in line.split(" "):
        longer = f"{row} {word}".strip()
        if row and font.getlength(longer) > width:
            rows.append(row)
            longer = word
        row = longer
    return [*rows, row]
