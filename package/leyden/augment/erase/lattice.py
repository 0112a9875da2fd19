"""A lattice of boxes hidden from the network."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import final

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, seed_number, uniform
from leyden.augment.chain.span import finite, ordered
from leyden.augment.erase.fill import Eraser, Fill, fits
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.types import Pixels

__all__ = ["GridMask"]


@final
@register
@dataclass(frozen=True, repr=False)
class GridMask(Eraser):
    """Fill boxes at even distances along every axis; masks, points and labels stay.

    Args:
        low: fewest boxes along each axis, 1 and up.
        high: most; numbers between need not be whole.
        part: of each cell's length that its box takes, above 0 and below 1.
        fill: a value, `mean` or `noise`.

    Examples:
        >>> from leyden.items import Image
        >>> GridMask(2, 2, part=0.5)(torch.Generator().manual_seed(1), Image(torch.ones(1, 4, 8))).data
        tensor([[[1., 0., 0., 1., 1., 0., 0., 1.],
                 [1., 1., 1., 1., 1., 1., 1., 1.],
                 [1., 0., 0., 1., 1., 0., 0., 1.],
                 [1., 1., 1., 1., 1., 1., 1., 1.]]])

    Source:
        Chen et al., "GridMask data augmentation", 2020, equation 1, with boxes not turned: Rotate turns the image
        instead. `part` is 1 - its r.
    """

    low: float
    high: float
    part: float = 0.4
    fill: Fill = 0.0

    def __post_init__(self) -> None:
        rules = {
            "finite 1 <= low <= high boxes": ordered((self.low, self.high)) and self.low >= 1,
            "a part of 0 < part < 1": finite(self.part) and 0 < self.part < 1,
        }
        check(self, {**rules, **fits(self.fill)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw how many boxes, where the first begins along each axis in cells, and a seed."""
        count = self.low + (self.high - self.low) * uniform(generator)
        return (count, *(uniform(generator) for _ in scene.size), seed_number(generator))

    def holes(self, numbers: Numbers, data: Pixels) -> Iterator[Tensor]:
        """Cut the boxes."""
        spans = [
            _spans(size, numbers[0], first, self.part)
            for size, first in zip(data.shape[1:], numbers[1:-1], strict=True)
        ]
        for place in product(*spans):
            yield data[(slice(None), *place)]

    def describe(self) -> str:
        """Say what happens."""
        return f"mask a lattice of {self.low:.4g}..{self.high:.4g} boxes"


def _spans(size: int, count: float, first: float, part: float) -> list[slice]:
    """Give the boxes along one axis; one may begin before the grid and one end behind it."""
    cell = size / count
    starts = [(first - 1 + place) * cell for place in range(int(count) + 2)]
    ends = [(max(0, round(start)), min(size, round(start + part * cell))) for start in starts]
    return [slice(start, end) for start, end in ends if start < end]
