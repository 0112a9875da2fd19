"""Labelled sets for the main job: tiles of real photographs, or a folder of your own."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from leyden import assets, data
from leyden.errors import DataError, TooFewClasses
from leyden.types import Rgb

__all__ = ["PHOTOGRAPHS", "LabelledSet", "Tile", "own_images", "photos"]

PHOTOGRAPHS = {
    "astronaut": "astronaut.png",
    "bricks": "brick.png",
    "cameraman": "camera.png",
    "cat": "chelsea.png",
    "cell": "cell.png",
    "clock": "clock_motion.png",
    "coffee": "coffee.png",
    "coins": "coins.png",
    "flower": "flower.jpg",
    "galaxies": "hubble_deep_field.jpg",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "handwriting": "text.png",
    "retina": "retina.jpg",
    "rocket": "rocket.jpg",
    "stained tissue": "ihc.png",
    "temple": "china.jpg",
}
"""Class name to file: seventeen photographs that scikit-image and scikit-learn carry and say the licence of."""


_SHARES = (0.35, 0.2, 0.3, 0.15)  # of the longer side less the gaps: to train on and to hold out, in turn
_Band = tuple[int, int, int, int]


@dataclass(frozen=True)
class Tile:
    """A square cut-out: its photograph's class, its top left corner in pixels, its side."""

    label: int
    top: int
    left: int
    side: int


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """Images with labels, already parted into what is learned from and what is held out.

    Attributes:
        classes: class names, in the order of the labels.
        train: container of (Rgb, label).
        held_out: container of (Rgb, label) that training never sees.
        how: one sentence on how the two were parted.
        smaller: makes the same set of pictures decoded to no less than a shorter side; None where nothing is decoded.
    """

    classes: tuple[str, ...]
    train: Any
    held_out: Any
    how: str
    smaller: "Callable[[int], LabelledSet] | None" = None

    def at_least(self, side: int) -> "LabelledSet":
        """The same set for a step that shrinks its pictures: JPEGs are decoded at 1/2, 1/4 or 1/8 where that is enough.

        Args:
            side: the shorter side that must remain, in pixels.

        Returns:
            A set of the same labels in the same order; itself if its pictures are in memory already.
        """
        return self if self.smaller is None else self.smaller(side)

    def __repr__(self) -> str:
        return f"LabelledSet({len(self.classes)} classes, {len(self.train)} to train, {len(self.held_out)} held out)"


class _Tiles:
    """Container of cut-outs; a tile shares memory with its photograph, nothing is copied."""

    def __init__(self, photographs: Sequence[Tensor], tiles: Sequence[Tile]) -> None:
        self.photographs, self.tiles = photographs, tuple(tiles)

    def __len__(self) -> int:
        return len(self.tiles)

    def __getitem__(self, index: int) -> tuple[Rgb, int]:
        tile = self.tiles[index]
        rows, columns = slice(tile.top, tile.top + tile.side), slice(tile.left, tile.left + tile.side)
        return self.photographs[tile.label][:, rows, columns], tile.label

    def __repr__(self) -> str:
        return f"tiles of {len(self.photographs)} photographs ({len(self)})"


def photos(*, tile: int = 32, train: int = 40, held_out: int = 60, seed: int = 0) -> LabelledSet:
    """Tiles of seventeen real photographs, one class a photograph, parted by place.

    Each photograph is cut across its longer side into four bands with gaps as wide as a tile between them: 35 % to
    train on, 20 % held out, 30 % to train on, 15 % held out. So no held-out pixel is nearer than `tile` pixels to a
    training pixel. Within the bands of its part a tile lies anywhere; tiles of one part may overlap.

    Args:
        tile: side of a tile in pixels, 8 to 36.
        train: training tiles a class.
        held_out: held-out tiles a class.
        seed: draws the places.

    Returns:
        The set; decoding takes about a second and 10 MB of memory.

    Raises:
        DataError: a number is out of range.

    Examples:
        >>> tiles = photos(train=3, held_out=2)
        >>> tiles
        LabelledSet(17 classes, 51 to train, 34 held out)
        >>> image, label = tiles.train[0]
        >>> tuple(image.shape), tiles.classes[label]
        ((3, 32, 32), 'astronaut')
    """
    if not 8 <= tile <= 36 or train < 1 or held_out < 1:
        raise DataError(f"photos needs 8 <= tile <= 36 and tiles to draw, given {tile=}, {train=}, {held_out=}")
    generator = torch.Generator().manual_seed(seed)
    pictures = [data.read_image(assets.read("photos", file)) for file in PHOTOGRAPHS.values()]
    parts: tuple[list[Tile], list[Tile]] = ([], [])
    for label, picture in enumerate(pictures):
        for tiles, count, bands in zip(parts, (train, held_out), _bands(picture, gap=tile), strict=True):
            tiles += [_draw(bands, side=tile, label=label, generator=generator) for _ in range(count)]
    how = (
        f"{train} training and {held_out} held-out tiles of {tile} px a photograph, from bands across its longer side "
        f"(35 % train, 20 % held out, 30 % train, 15 % held out) with gaps of {tile} px between them"
    )
    return LabelledSet(tuple(PHOTOGRAPHS), _Tiles(pictures, parts[0]), _Tiles(pictures, parts[1]), how)


def own_images(folder: Path | str, *, held_out: float = 0.3, seed: int = 0) -> LabelledSet:
    """A folder with one sub-folder of images a class, parted at random class by class.

    Args:
        folder: the folder; files are decoded when they are used, never changed.
        held_out: share of every class that is held out, above 0 and below 1; at least one image a class.
        seed: draws the parting.

    Raises:
        EmptyFolder: there are no images in class folders.
        TooFewClasses: fewer than two classes, or a class with a single image.
        UnreadableImage: files that cannot be decoded, all named at once.
    """
    if not 0 < held_out < 1:
        raise DataError(f"held_out must be above 0 and below 1, given {held_out}")
    images = data.images_in(folder, check=True)
    generator = torch.Generator().manual_seed(seed)
    kept: list[int] = []
    out: list[int] = []
    for label, name in enumerate(images.classes):
        places = [place for place, found in enumerate(images.labels) if found == label]
        if len(places) < 2:
            raise TooFewClasses(
                f"class {name!r} has {len(places)} image; two are needed, to train on one and hold out one"
            )
        order = [places[i] for i in torch.randperm(len(places), generator=generator).tolist()]
        cut = min(max(1, round(held_out * len(order))), len(order) - 1)
        out += order[:cut]
        kept += order[cut:]
    how = f"{held_out:.0%} of every class held out at random (seed {seed}); near-duplicates are not looked for"
    return _parted(images, sorted(kept), sorted(out), how)


def _parted(images: data.LabelledImages, kept: list[int], out: list[int], how: str) -> LabelledSet:
    train, held_out = data.subset(images, kept), data.subset(images, out)
    return LabelledSet(images.classes, train, held_out, how, partial(_decoded, images, kept, out, how))


def _decoded(images: data.LabelledImages, kept: list[int], out: list[int], how: str, side: int) -> LabelledSet:
    return _parted(replace(images, at_least=side), kept, out, how)


def _bands(picture: Tensor, *, gap: int) -> tuple[list[_Band], list[_Band]]:
    """The training and the held-out bands of a photograph, across its longer side, a gap between neighbours."""
    height, width = picture.shape[1:]
    usable = max(height, width) - gap * (len(_SHARES) - 1)
    found: tuple[list[_Band], list[_Band]] = ([], [])
    start = 0.0
    for number, share in enumerate(_SHARES):
        low, high = math.ceil(start), math.floor(start + share * usable)
        found[number % 2].append((0, height, low, high) if width >= height else (low, high, 0, width))
        start += share * usable + gap
    return found


def _draw(bands: Sequence[_Band], *, side: int, label: int, generator: torch.Generator) -> Tile:
    """A tile anywhere in the bands, every place as likely as any other."""
    rows, columns = zip(*((b - t - side + 1, r - left - side + 1) for t, b, left, r in bands), strict=True)
    places = torch.tensor([row * column for row, column in zip(rows, columns, strict=True)], dtype=torch.float64)
    band = int(torch.multinomial(places, 1, generator=generator))
    row = int(torch.randint(rows[band], (), generator=generator))
    column = int(torch.randint(columns[band], (), generator=generator))
    return Tile(label, bands[band][0] + row, bands[band][2] + column, side)
