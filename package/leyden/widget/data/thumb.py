"""Elements as thumbnails: the picture of each, or a few words, and its label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden import plot
from leyden.data.look.leaf import Kind, fields_of, grid_of, label_in, tensor_of
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.view import Element
from leyden.items import Keypoints
from leyden.widget.base.panel import explain
from leyden.widget.base.picture import encode, mosaic
from leyden.widget.data.canvas import card, flat, heat, painted, profile
from leyden.widget.data.element import Look, sorted_fields
from leyden.widget.data.slices import middle, slice_pixels, usual_window

__all__ = ["Thumb", "grid_of_thumbs", "message", "thumb_of", "told_page", "unread"]

_SIDE = 128  # pixels; shown at 112 or less
_SIGNS = 90
_NAMED = 12  # labels that a page is told in
_DRAWN: tuple[Kind, ...] = ("image", "volume", "mask", "points", "sound", "tensor")


@dataclass(frozen=True, eq=False)
class Thumb:
    """An element in small.

    Args:
        index: of the element.
        caption: its label, or its kind.
        pixels: bytes "y x 3" or "y x 4"; None where words say more.
        words: of a text, a row or a problem.
        broken: whether it could not be read or drawn.
        waiting: whether it was not read yet.
    """

    index: int
    caption: str
    pixels: np.ndarray | None
    words: str = ""
    broken: bool = False
    waiting: bool = False


def thumb_of(index: int, element: Element, look: Look, *, batch: Sequence[Element] = ()) -> Thumb:
    """The thumbnail of an element, in words where it has no picture; of a batch, four elements in a square."""
    if type(element) is Broken:
        return Thumb(index, "broken", None, element.problem[:_SIGNS], broken=True)
    try:
        return _thumb(index, element, look, batch)
    except Exception as error:  # of a kind of numbers, or of a type of the user's, that nothing here can draw
        return Thumb(index, "not drawn", None, explain(error)[:_SIGNS], broken=True)


def unread(index: int) -> Thumb:
    """What stands for an element that was not read yet."""
    return Thumb(index, "", None, "not read yet", waiting=True)


def told_page(thumbs: Sequence[Thumb]) -> str:
    """What a page of thumbnails shows, in words: the labels, those that are there most first.

    Examples:
        >>> told_page([Thumb(4, "cat", None), Thumb(5, "dog", None), Thumb(6, "cat", None)])
        'elements 4 to 6: 2 cat, 1 dog'
    """
    counts = Counter(thumb.caption for thumb in thumbs if thumb.caption).most_common()
    told = [f"{count} {caption}" for caption, count in counts[:_NAMED]]
    told += [f"and {len(counts) - _NAMED} other labels"] if len(counts) > _NAMED else []
    place = f"elements {thumbs[0].index} to {thumbs[-1].index}"
    return f"{place}: {', '.join(told)}" if told else place


def _thumb(index: int, element: Element, look: Look, batch: Sequence[Element]) -> Thumb:
    if batch:
        cells = [thumb_of(index, each, look).pixels for each in batch[:4]]
        drawn = [cell[..., :3] for cell in cells if cell is not None]
        return Thumb(index, f"batch of {len(batch)}", mosaic(drawn, columns=2) if drawn else None, _brief(batch[0]))
    fields, kinds = sorted_fields(element, look)
    label = label_in(fields, kinds, classes=look.classes)
    shown = [
        name
        for kind in ("image", "volume", "mask", "points", "sound", "tensor")
        for name in kinds
        if kinds[name] == kind
    ]
    pixels = _pixels(shown[0], fields, kinds, look) if shown else None
    return Thumb(index, label or "", pixels, "" if shown else _brief(element))


def grid_of_thumbs(thumbs: Sequence[Thumb], *, columns: int = 6) -> np.ndarray:
    """Thumbnails side by side and below each other as one picture, with their words in it; for a page that is still."""
    cells = []
    for thumb in thumbs:
        told = f"{thumb.index} {thumb.caption}".strip()
        below = card([told if thumb.pixels is not None else f"{told}: {thumb.words}"[:_SIGNS]], width=_SIDE, size=11)
        cells.append(below if thumb.pixels is None else _stacked(thumb.pixels[..., :3], below))
    return mosaic(cells, columns=columns)


def message(thumb: Thumb) -> dict[str, Any]:
    """A thumbnail as JSON takes it."""
    caption = f"{thumb.index} {thumb.caption}".strip()
    source = None if thumb.pixels is None else plot.data_uri(encode(thumb.pixels))
    return {
        "index": thumb.index,
        "source": source,
        "words": thumb.words,
        "caption": caption,
        "title": f"element {caption}" + (f": {thumb.words}" if thumb.words else ""),
        "broken": thumb.broken,
    }


def _pixels(name: str, fields: Mapping[str, Element], kinds: Mapping[str, Kind], look: Look) -> np.ndarray | None:
    value, kind = fields[name], kinds[name]
    if isinstance(value, Keypoints):
        return painted(np.zeros(value.size[-2:], np.uint8), side=_SIDE, points=value.data[:, -2:])
    numbers = tensor_of(value)
    if numbers is None:
        return None
    if kind == "sound":
        return profile(numbers, width=_SIDE, height=_SIDE // 2)
    if kind == "tensor":
        images = numbers.ndim == 4 and numbers.shape[1] in (1, 3) and numbers.numel()
        return mosaic([painted(flat(each), side=60) for each in numbers[:4]]) if images else heat(numbers, side=_SIDE)
    grid = grid_of(value)
    mask = numbers if kind == "mask" else _mask(grid, fields, kinds) if look.overlay else None
    regions = None if mask is None else mask.reshape(grid)
    points = _points(grid, fields) if look.overlay else None
    if len(grid) == 2:
        span = None if numbers.dtype == torch.uint8 else look.window or usual_window(value)
        pixels = np.zeros(grid, np.uint8) if kind == "mask" else flat(value, span)
        return painted(pixels, side=_SIDE, mask=regions, points=points)
    place = middle(grid)[0]
    black = np.zeros(grid[1:], np.uint8)
    pixels = black if kind == "mask" else slice_pixels(value, 0, place, look.window)
    return painted(pixels, side=_SIDE, mask=None if regions is None else regions[place])


def _mask(grid: tuple[int, ...], fields: Mapping[str, Element], kinds: Mapping[str, Kind]) -> Tensor | None:
    found = (
        tensor_of(fields[name]) for name, kind in kinds.items() if kind == "mask" and grid_of(fields[name]) == grid
    )
    return next((numbers.to(torch.int64) for numbers in found if numbers is not None), None)


def _points(grid: tuple[int, ...], fields: Mapping[str, Element]) -> Tensor | None:
    found = (value for value in fields.values() if isinstance(value, Keypoints))
    return next((value.data for value in found if tuple(value.size) == grid and len(grid) == 2), None)


def _brief(element: Element) -> str:
    """The first words of an element."""
    fields = fields_of(element)
    if len(fields) == 1 or any(isinstance(value, str) and len(value) > 40 for value in fields.values()):
        texts = [value for value in fields.values() if isinstance(value, str)]
        words = max(texts, key=len) if texts else repr(next(iter(fields.values())))
    else:
        words = ", ".join(f"{name} {value}" for name, value in fields.items())
    words = " ".join(words.split())
    return words if len(words) <= _SIGNS else words[: _SIGNS - 1] + "…"


def _stacked(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    square = np.full((_SIDE, _SIDE, 3), 255, np.uint8)
    top, left = (max(0, (_SIDE - size) // 2) for size in above.shape[:2])
    shown = above[:_SIDE, :_SIDE]
    square[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return np.concatenate([square, below])
