"""Lines, rings and words over a picture: boxes, outlines, points, and names where there is room for them."""

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont
from torch import Tensor

from leyden import plot
from leyden.widget.augment.drawing.cut import Cut, Named

__all__ = ["colour_of", "lettered", "marked", "numbered", "rgb"]

_FINE = 2  # times as large as they are shown are lines drawn: they come out smooth
_POINT, _DARK = (240, 228, 66), (0, 0, 0)  # yellow on black: seen on every grey, and on skin
_LINES = (5, 3, 4, 0, 1, 2)  # colours of lines: those first that masks take last
_WORDS = 11  # pixels: the smallest letters that are read easily
_NAMED = 240  # pixels of a picture's longer side from which on there is room for names
_LETTERED = 120  # pixels of its shorter side from which on there is room for letters at its edges
_FAR = 1e5  # pixels; places further off are drawn there, which is as much out of sight

_Frame = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def marked(base: np.ndarray, seen: Cut) -> np.ndarray:
    """Boxes, outlines and points over a picture "y x 3"; their names too, if it is large enough."""
    high, wide = base.shape[:2]
    large = max(high, wide) >= _NAMED
    scale = (high / seen.image.shape[-2], wide / seen.image.shape[-1])
    sheet = Pillow.new("RGBA", (wide * _FINE, high * _FINE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for kind in (seen.rings, seen.boxes):
        names = list(dict.fromkeys(name for _, name in kind))
        for number, (places, name) in enumerate(kind):
            spots = _spots(places, scale, fine=_FINE)
            if spots:
                colour = _hue(name, names.index(name) if name else number)
                _line(pen, spots if kind is seen.rings else _corners(spots), colour, width=4 if large else 3)
    for places, _ in seen.points:
        for spot in _spots(places, scale, fine=_FINE):
            _ring(pen, spot, 4.5 if large else 3.0)
    over = np.asarray(sheet.resize((wide, high), Pillow.Resampling.BOX)).astype(np.float32)
    share = over[..., 3:] / 255
    mixed = Pillow.fromarray((base * (1 - share) + over[..., :3] * share).round().clip(0, 255).astype(np.uint8))
    if large:
        _name(mixed, seen, scale)
    return np.array(mixed)


def lettered(pixels: np.ndarray, letters: str) -> np.ndarray:
    """A picture with the letters of left, top, right and bottom at its edges; as it is where they would crowd it."""
    if not letters or min(pixels.shape[:2]) < _LETTERED:
        return pixels
    sheet = Pillow.fromarray(pixels)
    pen, font, (wide, high) = ImageDraw.Draw(sheet), ImageFont.load_default(_WORDS + 2), sheet.size
    spots = [((5, high / 2), "lm"), ((wide / 2, 4), "mt"), ((wide - 5, high / 2), "rm"), ((wide / 2, high - 4), "mb")]
    for letter, (spot, anchor) in zip(letters, spots, strict=True):
        _write(pen, spot, letter, font, anchor=anchor)
    return np.array(sheet)


def numbered(pixels: np.ndarray, words: str) -> np.ndarray:
    """A picture with words in its upper left corner, for where nothing can stand below it."""
    sheet = Pillow.fromarray(pixels)
    _write(ImageDraw.Draw(sheet), (5, 4), words, ImageFont.load_default(_WORDS + 1), anchor="lt")
    return np.array(sheet)


def colour_of(label: int) -> str:
    """The colour of a label, as masks have it.

    Examples:
        >>> colour_of(1)
        '#D55E00'
    """
    return plot.PALETTE[label % len(plot.PALETTE)]


def rgb(label: int) -> tuple[int, int, int]:
    """The colour of a label, as bytes.

    Examples:
        >>> rgb(1)
        (213, 94, 0)
    """
    code = colour_of(label)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def _spots(places: Tensor, scale: tuple[float, float], *, fine: int = 1) -> list[tuple[float, float]]:
    """Places as (x, y) on a sheet; none if one of them is no number."""
    rows = (places.detach().cpu().double() + 0.5).clamp(-_FAR, _FAR).tolist()
    # Pillow counts from the centre of the first pixel
    spots = [(x * scale[1] * fine - 0.5, y * scale[0] * fine - 0.5) for y, x in rows]
    return spots if all(x == x and y == y for x, y in spots) else []  # only NaN is not itself


def _line(
    pen: ImageDraw.ImageDraw, spots: list[tuple[float, float]], colour: tuple[int, int, int], *, width: int
) -> None:
    closed = [*spots, *spots[:2]]
    pen.line(closed, fill=(*_DARK, 150), width=width + _FINE, joint="curve")
    pen.line(closed, fill=(*colour, 255), width=width, joint="curve")


def _ring(pen: ImageDraw.ImageDraw, spot: tuple[float, float], radius: float) -> None:
    for reach, colour, width in ((radius + 1, _DARK, 4), (radius, _POINT, 2)):
        far = reach * _FINE
        pen.ellipse((spot[0] - far, spot[1] - far, spot[0] + far, spot[1] + far), outline=colour, width=width)


def _corners(ends: list[tuple[float, float]]) -> list[tuple[float, float]]:
    (left, top), (right, bottom) = ends
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _hue(name: str, place: int) -> tuple[int, int, int]:
    """A colour for each name, in the order in which names come; a number has that of the label in masks."""
    return rgb(int(name)) if name.isdigit() else rgb(_LINES[place % len(_LINES)])


def _name(sheet: Pillow.Image, seen: Cut, scale: tuple[float, float]) -> None:
    """Write names where they cover neither a point nor each other, and leave out those that would."""
    words = _Words(sheet)
    points = [(spot, name) for places, name in seen.points for spot in _spots(places, scale)]
    words.taken += [(x - 6, y - 6, x + 6, y + 6) for (x, y), _ in points]
    for (x, y), name in points:
        around = (((x + 9, y), "lm"), ((x - 9, y), "rm"), ((x, y - 8), "mb"), ((x, y + 8), "mt"))
        any(words.write(spot, name, anchor=anchor) for spot, anchor in around)  # the first that fits
    named: tuple[Named, ...] = (*seen.boxes, *seen.rings)
    for places, name in named:
        spots = _spots(places, scale)
        if spots:
            left, top = (max(min(spot[axis] for spot in spots), 0) for axis in (0, 1))
            right, bottom = (max(spot[axis] for spot in spots) for axis in (0, 1))
            words.write((left + 4, top + 3), name, anchor="la", room=(right - 2, bottom))


class _Words:
    """Writes words on a sheet, and remembers where they stand."""

    def __init__(self, sheet: Pillow.Image) -> None:
        self.taken: list[_Frame] = []
        self._size = sheet.size
        self._pen, self._font = ImageDraw.Draw(sheet), ImageFont.load_default(_WORDS)

    def write(
        self, spot: tuple[float, float], words: str, *, anchor: str, room: tuple[float, float] | None = None
    ) -> bool:
        """Write words if they fit on the sheet, and where they must end before `room`; returns whether they did."""
        if not words:
            return False
        frame = self._pen.textbbox(spot, words, font=self._font, anchor=anchor)
        ends = [min(one, two) for one, two in zip(room or self._size, self._size, strict=True)]
        outside = min(frame[:2]) < 0 or frame[2] > ends[0] or frame[3] > ends[1]
        if outside or any(_meet(frame, other) for other in self.taken):
            return False
        _write(self._pen, spot, words, self._font, anchor=anchor)
        self.taken.append(frame)
        return True


def _meet(one: _Frame, two: _Frame) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _write(
    pen: ImageDraw.ImageDraw,
    spot: tuple[float, float],
    words: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    *,
    anchor: str,
) -> None:
    pen.text(spot, words, fill=(255, 255, 255), font=font, anchor=anchor, stroke_width=2, stroke_fill=_DARK)
