"""Labelled sets for the main job: tiles of real photographs, or a folder of your own."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """

    classes: tuple[str, ...]
    train: Any
    held_out: Any
    how: str

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


def photos(*, tile: int = 48, train: int = 40, held_out: int = 20, seed: int = 0) -> LabelledSet:
    """Tiles of seventeen real photographs, one class a photograph, parted by place.

    Each photograph is cut across its longer side: training tiles lie wholly in the first 60 %, held-out tiles wholly
    behind a gap as wide as a tile, so that no held-out pixel is nearer than `tile` pixels to a training pixel. Within
    its part a tile lies anywhere, so tiles of one part may overlap.

    Args:
        tile: side of a tile in pixels, 8 to 56.
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
        ((3, 48, 48), 'astronaut')
    """
    if not 8 <= tile <= 56 or train < 1 or held_out < 1:
        raise DataError(f"photos needs 8 <= tile <= 56 and tiles to draw, given {tile=}, {train=}, {held_out=}")
    generator = torch.Generator().manual_seed(seed)
    pictures = [data.read_image(assets.read("photos", file)) for file in PHOTOGRAPHS.values()]
    parts: tuple[list[Tile], list[Tile]] = ([], [])
    for label, picture in enumerate(pictures):
        for tiles, count, bounds in zip(parts, (train, held_out), _strips(picture, gap=tile), strict=True):
            tiles += [_draw(bounds, side=tile, label=label, generator=generator) for _ in range(count)]
    how = (
        f"{train} training and {held_out} held-out tiles of {tile} px a photograph; training tiles from the first 60 % "
        f"of its longer side, held-out tiles from the rest behind a gap of {tile} px"
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
    train, rest = data.subset(images, sorted(kept)), data.subset(images, sorted(out))
    return LabelledSet(tuple(images.classes), train, rest, how)


def _strips(picture: Tensor, *, gap: int) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Bounds (top, bottom, left, right) of the training and the held-out part."""
    height, width = picture.shape[1:]
    cut = int(0.6 * max(height, width))
    if width >= height:
        return (0, height, 0, cut), (0, height, cut + gap, width)
    return (0, cut, 0, width), (cut + gap, height, 0, width)


def _draw(bounds: tuple[int, int, int, int], *, side: int, label: int, generator: torch.Generator) -> Tile:
    top, bottom, left, right = bounds
    row = int(torch.randint(top, bottom - side + 1, (), generator=generator))
    column = int(torch.randint(left, right - side + 1, (), generator=generator))
    return Tile(label, row, column, side)
