"""Boxes hidden from the network, one or several."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, prod
from typing import final

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.chain.span import finite, ordered, pair
from leyden.augment.erase.fill import Eraser, Fill, fits
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.types import Pixels

__all__ = ["CoarseDropout", "RandomErasing"]


@final
@register
@dataclass(frozen=True, repr=False)
class RandomErasing(Eraser):
    """Fill one box somewhere in the image; masks, points and labels stay.

    Places are stored as fractions of the grid, so a crop after it in the chain moves the box along.

    Args:
        area: (low, high) fraction of the picture, or of the volume, that the box takes.
        ratio: (low, high) of one side to another, in pixels, drawn evenly in its logarithm; a box that would not fit
            is cut to the grid.
        fill: a value, `mean` or `noise`.

    Examples:
        >>> from leyden.items import Image
        >>> image = Image(torch.arange(16.0).view(1, 4, 4))
        >>> RandomErasing((0.25, 0.25), ratio=(1, 1), fill=-1)(torch.Generator().manual_seed(1), image).data
        tensor([[[-1., -1.,  2.,  3.],
                 [-1., -1.,  6.,  7.],
                 [ 8.,  9., 10., 11.],
                 [12., 13., 14., 15.]]])

    Source:
        Zhong et al., "Random erasing data augmentation", AAAI 2020, algorithm 1 and its defaults; there boxes that do
        not fit are drawn anew. Maybe(RandomErasing()) does it half of the time, as there.
    """

    area: tuple[float, float] = (0.02, 0.4)
    ratio: tuple[float, float] = (0.3, 1 / 0.3)
    fill: Fill = 0.0

    def __post_init__(self) -> None:
        rules = {
            "an area of 0 < low <= high <= 1": pair(self.area) and 0 < self.area[0] <= self.area[1] <= 1,
            "a ratio of finite 0 < low <= high": ordered(self.ratio, above=0),
        }
        check(self, {**rules, **fits(self.fill)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw first places and lengths, as fractions along each axis, and a seed."""
        size = scene.size
        area = self.area[0] + (self.area[1] - self.area[0]) * uniform(generator)
        low, high = map(log, self.ratio)
        # half of the logarithm to either of two sides; for three as well, so that each pair may be as unlike
        bends = [(low + (high - low) * uniform(generator)) / 2 for _ in size[1:]]
        bends = [*bends, -sum(bends)]
        edge = (area * prod(size)) ** (1 / len(size))
        lengths = [min(1.0, edge * exp(bend) / count) for bend, count in zip(bends, size, strict=True)]
        starts = [(1 - length) * uniform(generator) for length in lengths]
        return (*starts, *lengths, seed_number(generator))

    def holes(self, numbers: Numbers, data: Pixels) -> Iterator[Tensor]:
        """Cut the one box."""
        axes = data.ndim - 1
        yield _box(data, numbers[:axes], numbers[axes : 2 * axes])

    def describe(self) -> str:
        """Say what happens."""
        return f"erase a box of {100 * self.area[0]:.4g}..{100 * self.area[1]:.4g} %"


@final
@register
@dataclass(frozen=True, repr=False)
class CoarseDropout(Eraser):
    """Fill several boxes, anywhere and of any shape between two lengths; masks, points and labels stay.

    Args:
        low: fewest boxes, 1 and up.
        high: most boxes.
        length: (low, high) of each side of a box, as a fraction of the grid along that axis.
        fill: a value, `mean` or `noise`.

    Examples:
        >>> from leyden.items import Image
        >>> white = Image(torch.ones(1, 4, 8))
        >>> CoarseDropout(2, 2, length=(0.25, 0.25))(torch.Generator().manual_seed(0), white).data
        tensor([[[1., 1., 1., 1., 1., 1., 1., 1.],
                 [1., 1., 1., 1., 1., 1., 0., 0.],
                 [1., 1., 1., 1., 1., 1., 1., 1.],
                 [1., 0., 0., 1., 1., 1., 1., 1.]]])

    Source:
        DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017;
        albumentations.CoarseDropout, whose default lengths these are.
    """

    low: int
    high: int
    length: tuple[float, float] = (0.1, 0.2)
    fill: Fill = 0.0

    def __post_init__(self) -> None:
        whole = finite(self.low, self.high) and int(self.low) == self.low and int(self.high) == self.high
        rules = {
            "whole 1 <= low <= high boxes": whole and 1 <= self.low <= self.high,
            "a length of 0 < low <= high <= 1": pair(self.length) and 0 < self.length[0] <= self.length[1] <= 1,
        }
        check(self, {**rules, **fits(self.fill)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw how many, and a seed for where."""
        del scene
        return float(self.low + int((self.high - self.low + 1) * uniform(generator))), seed_number(generator)

    def holes(self, numbers: Numbers, data: Pixels) -> Iterator[Tensor]:
        """Cut the boxes."""
        axes = data.ndim - 1
        chance = torch.rand(int(numbers[0]), 2 * axes, generator=seeded(numbers[1], "cpu"), dtype=torch.float64)
        for numbers_of_box in chance.tolist():
            lengths = [self.length[0] + (self.length[1] - self.length[0]) * part for part in numbers_of_box[axes:]]
            yield _box(
                data, [(1 - part) * start for part, start in zip(lengths, numbers_of_box, strict=False)], lengths
            )

    def describe(self) -> str:
        """Say what happens."""
        return f"drop {self.low}..{self.high} boxes"


def _box(data: Tensor, starts: tuple[float, ...] | list[float], lengths: tuple[float, ...] | list[float]) -> Tensor:
    """View the part that fractions of the grid mean, at least one pixel wide."""
    for axis, (start, length) in enumerate(zip(starts, lengths, strict=True), start=1):
        count = data.shape[axis]
        width = min(count, max(1, round(length * count)))
        data = data.narrow(axis, min(round(start * count), count - width), width)
    return data
