"""Artefacts of single lines and points of k-space: ghosts and spikes."""

from dataclasses import dataclass
from functools import reduce
from math import inf, pi, prod
from typing import ClassVar, final, get_args

import torch
from torch import Tensor

from leyden.augment import Axis, Intensity, Measured, Numbers, Scene, check, register, seed_number, uniform
from leyden.items import Size
from leyden.medical.artefact.acquisition import Direction, chances, chosen_axis, finite, image_of, lines_of
from leyden.types import Pixels

__all__ = ["Ghosting", "Spike"]


@final
@register
@dataclass(frozen=True, repr=False)
class Ghosting(Intensity):
    """Repeat the picture faintly along one axis, as periodic motion (breath, pulse) does while k-space is filled.

    Every n-th line of k-space along the axis, counted from the middle, is weakened; that gives n ghosts, evenly
    spread. Each channel is a scan of its own: number and strength of the ghosts are drawn for each, the axis for all.

    Args:
        ghosts: how many, (fewest, most), each 2 or more.
        intensity: how much of the lines is lost, 0..1, (low, high).
        axis: of the phase encoding; `any` for one by chance.
        centre: share of the lines, around the middle, that stays whole, 0..1; the middle line always does.

    Source:
        torchio.RandomGhosting 1.2, which counts the lines from the first one.

    Examples:
        >>> Ghosting(axis="y").describe()
        '4..10 ghosts along y, 0.5..1 strong'
        >>> from leyden.items import Image
        >>> dot = Image(torch.tensor([[[0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]))
        >>> Ghosting((2, 2), (1, 1), axis="x")(torch.Generator(), dot).data  # the ghost is half a picture away
        tensor([[[ 1.,  1.,  5.,  1.,  1.,  1., -3.,  1.]]])
    """

    whole: ClassVar[bool] = True

    ghosts: tuple[int, int] = (4, 10)
    intensity: tuple[float, float] = (0.5, 1.0)
    axis: Direction = "any"
    centre: float = 0.0

    def __post_init__(self) -> None:
        fewest, most, low, high = *self.ghosts, *self.intensity
        rules = {
            "whole 2 <= fewest <= most ghosts": isinstance(fewest, int)
            and isinstance(most, int)
            and 2 <= fewest <= most,
            "0 <= low <= high <= 1 in intensity": 0 <= low <= high <= 1,
            "axis x, y, z or any": self.axis in (*get_args(Axis), "any"),
            "a centre of 0..1": 0 <= self.centre <= 1,
        }
        check(self, rules)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the axis, and a seed for the ghosts of each channel."""
        return chosen_axis(self.axis, len(scene.size), generator), seed_number(generator)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Weaken the lines of every channel."""
        axis, seed = int(numbers[0]), numbers[1]
        length = data.shape[axis + 1]
        weights = [self._weights(count, loss, length) for count, loss in chances(seed, data.shape[0], 2)]
        shape = (len(weights), *(-1 if place == axis else 1 for place in range(data.ndim - 1)))
        lines = lines_of(data, axis)
        lines *= torch.stack(weights).view(shape).to(data)
        return image_of(lines, axis, length)

    def _weights(self, count: float, loss: float, length: int) -> Tensor:
        """Give the factor of each line from the middle up, from two even numbers of 0..1."""
        fewest, most = self.ghosts
        low, high = self.intensity
        weights = torch.ones(length // 2 + 1, dtype=torch.float64)
        # a grid of few lines has as many ghosts as fit
        ghosts = min(fewest + int(count * (most + 1 - fewest)), max(length // 2, 1))
        weights[::ghosts] = 1 - (low + loss * (high - low))
        weights[: max(1, round(self.centre * len(weights)))] = 1
        return weights

    def describe(self) -> str:
        """Say what happens."""
        fewest, most, low, high = *self.ghosts, *self.intensity
        where = "one axis" if self.axis == "any" else self.axis
        return f"{fewest}..{most} ghosts along {where}, {low:.4g}..{high:.4g} strong"


@final
@register
@dataclass(frozen=True, repr=False)
class Spike(Measured):
    """Lay stripes over a scan (herringbone, corduroy), as an electric spark does that strikes a point of k-space.

    A point of k-space is a wave over the picture; it is added there, without any Fourier transform. Each channel is a
    scan of its own: place and phase of the spikes are drawn for each, number and strength for all.

    Args:
        spikes: how many, (fewest, most).
        intensity: height of a spike, (low, high), where 1 is the mean of the absolute values of
            the channel: in a magnitude image that is the brightest point of k-space, its middle.

    Source:
        torchio.RandomSpike 1.2, which takes the brightest point of k-space in any image, and always phase 0.

    Examples:
        >>> Spike().describe()
        '1 spike in k-space, 1..3 strong'
        >>> from leyden.items import Image
        >>> Spike(intensity=(0.5, 0.5))(torch.Generator().manual_seed(1), Image(torch.ones(1, 4, 2))).data
        tensor([[[1.2276, 1.2276],
                 [0.7724, 0.7724],
                 [1.2276, 1.2276],
                 [0.7724, 0.7724]]])
    """

    whole: ClassVar[bool] = True

    spikes: tuple[int, int] = (1, 1)
    intensity: tuple[float, float] = (1.0, 3.0)

    def __post_init__(self) -> None:
        fewest, most, low, high = *self.spikes, *self.intensity
        rules = {
            "whole 0 <= fewest <= most spikes": isinstance(fewest, int)
            and isinstance(most, int)
            and 0 <= fewest <= most,
            "finite 0 <= low <= high in intensity": 0 <= low <= high < inf,
        }
        check(self, rules)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw number, and a seed for the places of each channel."""
        del scene
        fewest, most, low, high = *self.spikes, *self.intensity
        count = fewest + int((most + 1 - fewest) * uniform(generator))
        return float(count), low + (high - low) * uniform(generator), seed_number(generator)

    def measure(self, numbers: Numbers, data: Pixels) -> Numbers:
        """Give the mean absolute value of each channel."""
        del numbers
        return finite(torch.linalg.vector_norm(data.flatten(1), 1, dim=1, dtype=torch.float64) / data[0].numel())

    def apply(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Add the waves."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Add the waves in place, channel by channel."""
        count, intensity, seed = numbers
        size = tuple(data.shape[1:])
        rows = chances(seed, data.shape[0], int(count) * (len(size) + 1))
        for values, row, mean in zip(data, rows, measured, strict=True):
            left, right = (part.to(data) for part in _waves(row, int(count), size))
            values.view(size[0], -1).addmm_(left, right, alpha=intensity * mean)
        return data

    def describe(self) -> str:
        """Say what happens."""
        fewest, most, low, high = *self.spikes, *self.intensity
        count = f"{fewest}..{most}" if fewest < most else f"{fewest}"
        return f"{count} spike{'s' * (most != 1)} in k-space, {low:.4g}..{high:.4g} strong"


def _waves(row: list[float], count: int, size: Size) -> tuple[Tensor, Tensor]:
    """Give two matrices whose product is the sum of all waves of one channel, the first axis down.

    cos(a + b) = cos(a) cos(b) - sin(a) sin(b), where a runs along the first axis and b over the others.
    """
    left, right = [], []
    for start in range(0, len(row), len(row) // max(count, 1) or 1):
        turns = [
            torch.arange(length, dtype=torch.float64) * ((int(chance * length) - length // 2) / length)
            for chance, length in zip(row[start:], size, strict=False)
        ]
        first = 2 * pi * (turns[0] + row[start + len(size)])
        rest = 2 * pi * reduce(lambda one, other: one[..., None] + other, turns[1:]).flatten()
        left += [first.cos(), -first.sin()]
        right += [rest.cos(), rest.sin()]
    if not left:
        return torch.zeros(size[0], 0), torch.zeros(0, prod(size[1:]))
    return torch.stack(left, 1), torch.stack(right)
