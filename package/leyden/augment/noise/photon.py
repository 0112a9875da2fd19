"""Noise of sensors: light comes in photons, and what is amplified is coarser."""

from dataclasses import dataclass
from math import exp, log
from typing import final

import cv2
import numpy as np
import torch

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.chain.span import ordered, pair
from leyden.augment.colour.base import Intensity, Measured, channels_of, demand_finite, demand_rgb
from leyden.augment.fusing.layout import BYTES, blocks
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["ISONoise", "ShotNoise"]

_TURN = 360
"""Degrees."""


@final
@register
@dataclass(frozen=True, repr=False)
class ShotNoise(Intensity):
    """Count photons: each value becomes a Poisson number with it as its mean, so bright places are noisier.

    Below 0 there is no light: such values become 0. Counts are drawn evenly in their logarithm.

    Args:
        low: fewest photons that make the value 1, above 0; the fewer the noisier.
        high: most photons.

    Examples:
        >>> from leyden.items import Image
        >>> noisy = ShotNoise(10, 10)(torch.Generator().manual_seed(0), Image(torch.full((1, 100, 100), 0.5))).data
        >>> round(noisy.mean().item(), 2), round(noisy.var().item(), 2)  # 5 photons, of 10 that make 1
        (0.5, 0.05)

    Source:
        skimage.util.random_noise with mode "poisson", for a chosen number of photons.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite 0 < low <= high photons": ordered((self.low, self.high), above=0)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the photons that make 1, and a seed."""
        del scene
        photons = exp(log(self.low) + (log(self.high) - log(self.low)) * uniform(generator))
        return photons, seed_number(generator)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Count."""
        return self.change_(numbers, data.clone())

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Count in place."""
        photons, generator = numbers[0], seeded(numbers[1], data.device)
        for block in blocks(data):
            block.copy_(torch.poisson(block.mul_(photons).clamp_(min=0), generator=generator)).div_(photons)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"shot noise of {self.low:.4g}..{self.high:.4g} photons"


@final
@register
@dataclass(frozen=True, repr=False)
class ISONoise(Measured):
    """Noise of a camera at high sensitivity: grains of light and of colour; 3 channels, values of 0..1, cut to it.

    Lightness grows by Poisson numbers, the less the brighter a place is, and hue turns by normal ones; both are
    drawn a pixel.

    Args:
        low: smallest strength of the grains of light, as a fraction of the deviation of lightness; 0 and up.
        high: largest.
        shift: (low, high) deviation of hue in full turns, at a strength of 1; 0 and up.

    Examples:
        >>> from leyden.items import Image
        >>> image = Image(torch.tensor([0.2, 0.8]).expand(3, 200, 2))  # dark left, bright right, a deviation of 0.3
        >>> noisy = ISONoise(0.5, 0.5)(torch.Generator().manual_seed(0), image).data
        >>> (noisy - image.data).mean((0, 1)).round(decimals=2)  # 0.3 * 0.5 * (1 - value)
        tensor([0.1200, 0.0300])

    Source:
        albumentations.ISONoise, with its defaults (`intensity`, `color_shift`).
    """

    low: float = 0.1
    high: float = 0.5
    shift: tuple[float, float] = (0.01, 0.05)

    def __post_init__(self) -> None:
        shifted = pair(self.shift) and 0 <= self.shift[0] <= self.shift[1]
        strengths = ordered((self.low, self.high)) and self.low >= 0
        check(self, {"finite 0 <= low <= high": strengths, "0 <= low <= high of the shift": shifted})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw strength and shift."""
        del size
        return (self.low, self.high), self.shift

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw strength, shift and a seed, for images of 3 channels."""
        demand_rgb(self, channels_of(scene))
        return (*super().numbers(generator, scene), seed_number(generator))

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give the deviation of lightness."""
        del numbers
        demand_rgb(self, data.shape[0])
        bounded = data.clamp(0, 1)
        deviation = ((bounded.amax(0) + bounded.amin(0)) / 2).std(correction=0).item()
        demand_finite(self, (deviation,))
        return (deviation,)

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Add grains."""
        strength, shift, seed = numbers
        generator = seeded(seed, "cpu")
        pixels = data.detach().clamp(0, 1).float().cpu().view(3, 1, -1).permute(1, 2, 0).contiguous().numpy()
        hues, lights, depths = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2HLS))
        hue, light = torch.from_numpy(hues), torch.from_numpy(lights)
        # their scale in albumentations too: counts are bytes
        grains = torch.poisson(torch.full_like(light, measured[0] * strength * BYTES), generator=generator)
        light += grains.div_(BYTES).mul_(1 - light)
        hue.add_(torch.empty_like(hue).normal_(generator=generator), alpha=_TURN * shift * strength).remainder_(_TURN)
        noisy = cv2.cvtColor(np.dstack((hues, lights.clip(0, 1), depths)), cv2.COLOR_HLS2RGB)
        return torch.from_numpy(noisy).permute(2, 0, 1).reshape(data.shape).to(data)

    def describe(self) -> str:
        """Say what happens."""
        return f"ISO noise of {self.low:.4g}..{self.high:.4g}"
