"""Noise as magnitude images have it."""

from dataclasses import dataclass
from math import inf
from typing import final

import torch

from leyden.augment import Measured, Numbers, Scene, check, register, seed_number, seeded, uniform
from leyden.medical.artefact.acquisition import finite
from leyden.types import Pixels

__all__ = ["RicianNoise"]


@final
@register
@dataclass(frozen=True, repr=False)
class RicianNoise(Measured):
    """Add the noise of an MR scan: gaussian in both parts of a complex number, of which the magnitude is shown.

    Bright places get gaussian noise; where there is no signal, noise has nowhere to go but up and lifts the
    background to 1.25 sigma. No signal is 0, or the lowest value of a channel that has values below 0, as normalised
    ones do. The strength is drawn for all channels, the noise for each value.

    Args:
        low: least standard deviation of each part, in the units of the image, 0 and up; 0.05 is a twentieth of 0..1.
        high: greatest.

    Source:
        Gudbjartsson and Patz 1995, The Rician distribution of noisy MRI data, eq. 1; monai.RandRicianNoise 1.6 has
        nothing but 0 for no signal.

    Examples:
        >>> RicianNoise(0, 0.1).describe()
        'rician noise of 0..0.1'
        >>> from leyden.items import Image
        >>> scan = Image(torch.tensor([0.0, 10.0]).expand(1, 20000, 2))  # background, tissue
        >>> noisy = RicianNoise(2, 2)(torch.Generator().manual_seed(0), scan).data
        >>> noisy.mean((0, 1)).round(decimals=1)  # the background is lifted to 1.25 * 2
        tensor([ 2.5000, 10.2000])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite 0 <= low <= high": 0 <= self.low <= self.high < inf})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the strength, and a seed for the noise."""
        del scene
        return self.low + (self.high - self.low) * uniform(generator), seed_number(generator)

    def measure(self, numbers: Numbers, data: Pixels) -> Numbers:
        """Give the value of no signal for each channel."""
        del numbers
        return finite(data.flatten(1).amin(1).clamp(max=0))

    def apply(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Give the magnitude."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Give the magnitude in place, channel by channel."""
        sigma, seed = numbers
        generator = seeded(seed, data.device)
        noise = torch.empty_like(data[0])
        for values, floor in zip(data, measured, strict=True):
            values += noise.normal_(0, sigma, generator=generator).sub_(floor)
            torch.hypot(values, noise.normal_(0, sigma, generator=generator), out=values).add_(floor)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"rician noise of {self.low:.4g}..{self.high:.4g}"
