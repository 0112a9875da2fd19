"""Pixels that are lost, to black or to white."""

from dataclasses import dataclass
from typing import final

import torch

from leyden.augment.chain.chance import check, seed_number, seeded
from leyden.augment.chain.span import finite
from leyden.augment.colour.base import Intensity
from leyden.augment.fusing.layout import blocks
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["SaltPepper"]


@final
@register
@dataclass(frozen=True, repr=False)
class SaltPepper(Intensity):
    """Turn scattered pixels black or white, in all channels alike; half of them each.

    Args:
        low: smallest fraction of the pixels, 0..1.
        high: largest fraction.
        black: the value of one half, in the units of the image.
        white: the value of the other.

    Examples:
        >>> from leyden.items import Image
        >>> SaltPepper(0.5, 0.5)(torch.Generator().manual_seed(0), Image(torch.full((1, 1, 6), 0.5))).data
        tensor([[[0.5000, 0.5000, 0.0000, 0.0000, 1.0000, 0.5000]]])

    Source:
        skimage.util.random_noise with mode "s&p", a pixel instead of a value.
    """

    low: float
    high: float
    black: float = 0.0
    white: float = 1.0

    def __post_init__(self) -> None:
        parts = finite(self.low, self.high) and 0 <= self.low <= self.high <= 1
        values = {"finite numbers as black and white": finite(self.black, self.white)}
        check(self, {"fractions 0 <= low <= high <= 1": parts, **values})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the fraction."""
        del size
        return ((self.low, self.high),)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the fraction and a seed."""
        return (*super().numbers(generator, scene), seed_number(generator))

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Lose pixels."""
        return self.change_(numbers, data.clone())

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Lose pixels in place."""
        fraction, seed = numbers
        generator = seeded(seed, data.device)
        chance = torch.empty(data.shape[1:], dtype=torch.float32, device=data.device)
        for block in blocks(chance):
            block.uniform_(generator=generator)
        for value, lost in ((self.black, chance < fraction / 2), (self.white, chance >= 1 - fraction / 2)):
            data.masked_fill_(lost, value)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"salt and pepper on {100 * self.low:.4g}..{100 * self.high:.4g} %"
