"""Four samples around a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from numbers import Integral
from typing import final, get_args

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, uniform
from leyden.augment.fusing.step import Arguments, Numbers
from leyden.augment.mix.base import Mix
from leyden.augment.mix.parts import alike_heats, check_alike, join_boxes, join_points, join_polygons, of_kind, shared
from leyden.augment.spatial.geometry import shift
from leyden.errors import DrawError
from leyden.items import BorderMode, Image, Item, Keypoints, Label, Mask, Move, Size
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon
from leyden.items.world import Spacing

__all__ = ["Mosaic"]

_SPAN = (0.25, 0.75)
"""Where the point may lie, as fractions of the new grid: the middle half along each axis."""


@final
@dataclass(frozen=True, init=False, repr=False)
class Mosaic(Mix):
    """Put four pictures (eight volumes) around a point of a new grid; pixels are copied, nothing is scaled.

    Of a sample larger than its tile a window anywhere is seen; a smaller one lies at the point, and `border` fills up.
    Masks, points, boxes and outlines follow; points off their tile are dropped, boxes and outlines are cut off at its
    edges and dropped where less than `min_visible` is left. Labels mix by the areas of the tiles. What lives on
    no grid, such as a `Row`, and what is no item are those of the first sample.

    Args:
        size: the new grid in axis order, two pixels or more along each axis. Samples need not have it, nor one size.
        border: what images show outside a sample that is smaller than its tile.
        min_visible: least share of a box or outline that must be seen, 0..1.
        classes: how many classes there are, where labels do not name them.

    Source:
        Bochkovskiy et al. 2020, YOLOv4: optimal speed and accuracy of object detection, figure 3; the point and
        `min_visible` as in YOLOv5.

    Examples:
        >>> grey = [Image(torch.full((1, 8, 8), level)) for level in (0.0, 0.25, 0.5, 0.75)]
        >>> Mosaic(4, 4)(torch.Generator().manual_seed(4), grey).data
        tensor([[[0.0000, 0.0000, 0.2500, 0.2500],
                 [0.5000, 0.5000, 0.7500, 0.7500],
                 [0.5000, 0.5000, 0.7500, 0.7500],
                 [0.5000, 0.5000, 0.7500, 0.7500]]])
    """

    size: Size
    border: BorderMode = "zeros"
    min_visible: float = 0.1
    classes: int = 0

    def __init__(self, *size: int, border: BorderMode = "zeros", min_visible: float = 0.1, classes: int = 0) -> None:
        for name, value in (("size", size), ("border", border), ("min_visible", min_visible), ("classes", classes)):
            object.__setattr__(self, name, value)
        modes = get_args(BorderMode)
        rules = {
            "a size of two or three axes, two pixels or more each": len(size) in (2, 3)
            and all(isinstance(count, Integral) and count >= 2 for count in size),
            f"border one of {modes}": border in modes,
            "a share min_visible of 0..1": 0 <= min_visible <= 1,
            "classes of 0 and up": classes >= 0,
        }
        check(self, rules)

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.size, super().arguments()[1]

    def count(self, axes: int) -> int:
        """Give how many tiles there are around a point."""
        if axes != len(self.size):
            raise DrawError(f"{self!r} has {len(self.size)} axes, the samples {axes}; give one number an axis")
        return 2**axes

    def numbers(self, generator: torch.Generator, sizes: tuple[Size, ...]) -> Numbers:
        """Draw the point, then for each sample the pixel that its tile begins with."""
        low, high = _SPAN
        point = tuple(
            min(max(1, int(count * (low + (high - low) * uniform(generator)))), count - 1) for count in self.size
        )
        starts: list[int] = []
        for (_, tile, sides), size in zip(_tiles(point, self.size), sizes, strict=True):
            for side, seen, count in zip(sides, tile, size, strict=True):
                place = uniform(generator)  # drawn in any case, so that one size does not shift the next
                spare = count - seen
                starts.append(int(place * (spare + 1)) if spare >= 0 else spare * (1 - side))
        return (*point, *starts)

    def mixed(self, numbers: Numbers, items: tuple[Item, ...]) -> Item:
        """Cut each item to its tile and put the tiles together."""
        axes, first = len(self.size), items[0]
        point, *starts = (tuple(map(int, numbers[at : at + axes])) for at in range(0, len(numbers), axes))
        tiles = [(offset, tile) for offset, tile, _ in _tiles(point, self.size)]
        if isinstance(first, Label | SoftLabel):
            return shared(items, [prod(tile) / prod(self.size) for _, tile in tiles], self.classes)
        if first.size is None:
            return first
        cut = tuple(
            item.warp(Move(shift(tuple(-begin for begin in start)), item.size or (), tile, self.border))
            for item, start, (_, tile) in zip(items, starts, tiles, strict=True)
        )
        if isinstance(first, Image | Mask | Heatmap):
            return self._pasted(cut, [offset for offset, _ in tiles])
        moves = [Move(shift(offset), tile, self.size) for offset, tile in tiles]
        return self._joined(cut, moves)

    def _pasted(self, cut: tuple[Item, ...], offsets: Sequence[Size]) -> Item:
        first = cut[0]
        if isinstance(first, Image):
            images = of_kind(Image, cut, self)
            data = self._filled([each.data for each in images], offsets)
            return Image(data, _common(images), interpolation=first.interpolation)
        if isinstance(first, Mask):
            masks = of_kind(Mask, cut, self)
            data = self._filled([each.data[None] for each in masks], offsets)[0]
            return Mask(data, _common(masks), interpolation=first.interpolation, outside=first.outside)
        heats = alike_heats(cut, self)
        data = self._filled([each.data for each in heats], offsets)
        return Heatmap(data, heats[0].labels, heats[0].pairs, _common(heats))

    def _filled(self, parts: list[Tensor], offsets: Sequence[Size]) -> Tensor:
        check_alike(parts, self)
        data = parts[0].new_empty((len(parts[0]), *self.size))
        for part, offset in zip(parts, offsets, strict=True):
            window = (slice(start, start + count) for start, count in zip(offset, part.shape[1:], strict=True))
            data[(slice(None), *window)] = part
        return data

    def _joined(self, cut: tuple[Item, ...], moves: list[Move]) -> Item:
        first = cut[0]
        if isinstance(first, Keypoints):
            points = of_kind(Keypoints, cut, self)
            placed = [each.clipped().warp(move) for each, move in zip(points, moves, strict=True)]
            return join_points(placed, [each.rows for each in points], self.size)
        if isinstance(first, Boxes):
            boxes = of_kind(Boxes, cut, self)
            seen = [each.clipped(min_visible=self.min_visible) for each in boxes]
            placed = [each.warp(move) for each, move in zip(seen, moves, strict=True)]
            return join_boxes(placed, [each.rows for each in boxes], self.size)
        if isinstance(first, Polygon):
            outlines = of_kind(Polygon, cut, self)
            seen = [each.clipped(min_visible=self.min_visible) for each in outlines]
            placed = [each.warp(move) for each, move in zip(seen, moves, strict=True)]
            return join_polygons(placed, [each.rows for each in outlines], self.size)
        raise DrawError(f"{self!r} cannot put {type(first).__name__} together; leave it out of the samples")


def _tiles(point: Size, size: Size) -> list[tuple[Size, Size, Size]]:
    """List the first pixel, the size and the side (0 before the point, 1 behind it) of each tile."""
    tiles = []
    for sides in product((0, 1), repeat=len(size)):
        offset = tuple(centre if side else 0 for side, centre in zip(sides, point, strict=True))
        spans = zip(sides, point, size, strict=True)
        tiles.append((offset, tuple(count - centre if side else centre for side, centre, count in spans), sides))
    return tiles


def _common(items: Sequence[Image] | Sequence[Mask] | Sequence[Heatmap]) -> Spacing | None:
    """Give the spacing that all samples have; None where they differ."""
    return items[0].spacing if len({item.spacing for item in items}) == 1 else None
