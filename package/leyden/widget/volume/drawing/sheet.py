"""Pictures that stand by themselves: letters at the edges, the cross hair drawn in, planes side by side, a legend."""

from collections.abc import Sequence

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from leyden.widget.volume.drawing.colours import rgb_of

__all__ = ["annotated", "montage"]

_LIGHT, _DARK = (255, 255, 255), (0, 0, 0)  # in turn along the cross hair: seen on every grey, and no label's colour
_DASH = 3  # pixels
_GAP = 9  # pixels around the cross hair's centre that stay clear: the voxel itself is seen
_LETTERS, _WORDS = 14, 12  # pixels
_PAPER, _INK = (20, 20, 20), (225, 225, 225)
_MARGIN = 10


def annotated(
    pixels: np.ndarray, *, letters: str = "", cross: tuple[float, float] | None = None, caption: str = ""
) -> np.ndarray:
    """A slice with what a viewer writes over it.

    Args:
        pixels: bytes "y x 3".
        letters: of left, top, right and bottom.
        cross: where the cross hair is, as shares of height and width; outside the picture it is left out.
        caption: in the lower left corner.

    Returns:
        Bytes "y x 3", of their own.
    """
    sheet = Pillow.fromarray(pixels)
    pen, (wide, high) = ImageDraw.Draw(sheet), sheet.size
    if cross is not None:
        _cross(pen, cross[1] * wide, cross[0] * high, (wide, high))
    font = ImageFont.load_default(_LETTERS)
    spots = [((4, high / 2), "lm"), ((wide / 2, 3), "mt"), ((wide - 4, high / 2), "rm"), ((wide / 2, high - 4), "mb")]
    for letter, (spot, anchor) in zip(letters, spots, strict=False):
        pen.text(spot, letter, fill=(255, 255, 255), font=font, anchor=anchor, stroke_width=2, stroke_fill=(0, 0, 0))
    small = ImageFont.load_default(_WORDS)
    pen.text(
        (5, high - 4), caption, fill=(255, 255, 255), font=small, anchor="lb", stroke_width=2, stroke_fill=(0, 0, 0)
    )
    return np.array(sheet)


def montage(cells: Sequence[np.ndarray], legend: Sequence[tuple[str, str]], *, title: str) -> np.ndarray:
    """Pictures side by side on a dark sheet, a title above and a legend below, in as many lines as they need.

    Args:
        cells: bytes "y x 3", one or more.
        legend: (colour, words) each.
        title: what is shown.

    Returns:
        Bytes "y x 3".
    """
    font = ImageFont.load_default(_WORDS + 1)
    wide = sum(cell.shape[1] for cell in cells) + _MARGIN * (len(cells) + 1)
    high = max(cell.shape[0] for cell in cells)
    heads = _lines([("", word) for word in title.split()], font, wide)
    keys = _lines(list(legend), font, wide)
    line = round(1.6 * _WORDS)
    top = _MARGIN + line * len(heads) + (_MARGIN // 2 if heads else 0)
    sheet = Pillow.new("RGB", (wide, top + high + _MARGIN + (line * len(keys) + _MARGIN if keys else 0)), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(heads):
        _write(pen, row, font, _MARGIN + number * line)
    left = _MARGIN
    for cell in cells:
        sheet.paste(Pillow.fromarray(cell), (left, top + (high - cell.shape[0]) // 2))
        left += cell.shape[1] + _MARGIN
    for number, row in enumerate(keys):
        _write(pen, row, font, top + high + _MARGIN + number * line)
    return np.array(sheet)


def _cross(pen: ImageDraw.ImageDraw, x: float, y: float, size: tuple[int, int]) -> None:
    wide, high = size
    for along, across, length, is_row in ((y, x, high, False), (x, y, wide, True)):
        if not 0 <= across < (high if is_row else wide):
            continue
        for start in range(0, length, _DASH):
            if abs(start + _DASH / 2 - along) > _GAP:
                ends = [(start, across), (start + _DASH - 1, across)]
                light = start // _DASH % 2 == 0
                pen.line(ends if is_row else [(b, a) for a, b in ends], fill=_LIGHT if light else _DARK)


_Row = list[tuple[int, str, str]]
"""Where each word begins, its colour or none, and the word."""


def _lines(words: list[tuple[str, str]], font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[_Row]:
    """Words in lines that fit a width."""
    rows: list[_Row] = []
    left = width
    for colour, word in words:
        need = round(font.getlength(word)) + (34 if colour else 5)
        if left + need > width - _MARGIN or not rows:
            rows.append([])
            left = _MARGIN
        rows[-1].append((left, colour, word))
        left += need
    return rows


def _write(pen: ImageDraw.ImageDraw, row: _Row, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, top: int) -> None:
    for left, colour, word in row:
        if colour:
            pen.rectangle((left, top + 3, left + 10, top + 13), fill=rgb_of(colour))
        pen.text((left + (16 if colour else 0), top), word, fill=_INK, font=font)
