"""Too little resolution: k-space cut off, and slices too thick."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar, final, get_args

import torch
from torch import Tensor

from leyden.augment import Axis, Intensity, Numbers, Scene, check, register, uniform
from leyden.items import Size
from leyden.medical.artefact.acquisition import Direction, chosen_axis, finite
from leyden.types import Pixels

__all__ = ["Anisotropy", "Gibbs"]


@final
@register
@dataclass(frozen=True, repr=False)
class Gibbs(Intensity):
    """Cut off the outer part of k-space, as a scan does that is shown on a finer grid than it was taken on.

    Edges get the ringing that Gibbs found and fine detail goes. All channels share the cut, as they share a protocol.

    Args:
        low: least share of k-space that stays along each axis, from the middle, above 0 and up to 1; at 1 nothing
            changes, at 0.5 the scan has half as many pixels along each axis as the grid.
        high: greatest.

    Source:
        The box that a scanner fills, zero-filled; monai.GibbsNoise 1.6 cuts a ball, whose alpha leaves
        1 - alpha of the half diagonal.

    Examples:
        >>> Gibbs().describe()
        'gibbs ringing, 0.4..0.9 of k-space kept'
        >>> from leyden.items import Image
        >>> edge = Image(torch.tensor([[[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]]]))
        >>> Gibbs(0.5, 0.5)(torch.Generator(), edge).data.flatten()[2:6]  # below 0 before the edge, above 1 behind it
        tensor([-0.1036,  0.2500,  0.7500,  1.1036])
    """

    whole: ClassVar[bool] = True

    low: float = 0.4
    high: float = 0.9

    def __post_init__(self) -> None:
        check(self, {"0 < low <= high <= 1": 0 < self.low <= self.high <= 1})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the share kept."""
        del size
        return ((self.low, self.high),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Go to k-space, cut, and come back."""
        size = tuple(data.shape[1:])
        axes = tuple(range(1, data.ndim))
        spectrum = torch.fft.rfftn(data, dim=axes)
        finite(spectrum.flatten(1)[:, 0].abs())
        for axis, length in zip(axes, size, strict=True):
            highest = int(numbers[0] * (length // 2))
            count = spectrum.shape[axis]
            # frequencies run 0, 1, ..., -2, -1, but along the last axis of a real image only up to the highest
            end = count if axis == axes[-1] else count - highest
            if end > highest + 1:
                spectrum.narrow(axis, highest + 1, end - highest - 1).zero_()
        return torch.fft.irfftn(spectrum, s=size, dim=axes)

    def describe(self) -> str:
        """Say what happens."""
        return f"gibbs ringing, {self.low:.4g}..{self.high:.4g} of k-space kept"


@final
@register
@dataclass(frozen=True, repr=False)
class Anisotropy(Intensity):
    """Make slices thick along one axis and interpolate them back, as routine scans are.

    Each slice is the average of the pixels it covers, in the shares it covers of them, and lies in their middle;
    between the middles values are interpolated linearly. Masks keep their detail. All channels share axis and slices.

    Args:
        low: least thickness of a slice in pixels, 1 and up; it is rounded so that whole slices fill the grid.
        high: greatest.
        axis: across the slices; `any` for one by chance.

    Source:
        torchio.RandomAnisotropy 1.2, which takes the nearest pixel of each slice instead of the average.

    Examples:
        >>> Anisotropy(2, 4, axis="z").describe()
        'slices 2..4 pixels thick along z'
        >>> from leyden.items import Image
        >>> ramp = Image(torch.tensor([[[0.0, 4.0, 8.0, 12.0]]]))
        >>> Anisotropy(2, 2, axis="x")(torch.Generator(), ramp).data  # two slices, 2 and 10
        tensor([[[ 2.,  4.,  8., 10.]]])
    """

    whole: ClassVar[bool] = True

    low: float = 1.5
    high: float = 5.0
    axis: Direction = "any"

    def __post_init__(self) -> None:
        known = self.axis in (*get_args(Axis), "any")
        check(self, {"finite 1 <= low <= high": 1 <= self.low <= self.high < inf, "axis x, y, z or any": known})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw axis and thickness."""
        axis = chosen_axis(self.axis, len(scene.size), generator)
        return axis, self.low + (self.high - self.low) * uniform(generator)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Multiply each line of pixels by one matrix."""
        axis, length = int(numbers[0]) + 1, data.shape[int(numbers[0]) + 1]
        weights = _thick_slices(length, max(1, round(length / numbers[1]))).to(data)
        finite(data.flatten(1).sum(1))
        flat = data.reshape(data.shape[:axis].numel(), length, -1)
        # lines that lie one after the other in memory are the rows of one big product
        changed = flat[..., 0] @ weights.T if flat.shape[-1] == 1 else weights @ flat
        return changed.view(data.shape)

    def describe(self) -> str:
        """Say what happens."""
        where = "one axis" if self.axis == "any" else self.axis
        return f"slices {self.low:.4g}..{self.high:.4g} pixels thick along {where}"


def _thick_slices(length: int, slices: int) -> Tensor:
    """Give the matrix that averages a line of pixels into slices and interpolates back; its rows add up to 1."""
    edges = torch.arange(length, dtype=torch.float64)[None]
    starts = torch.arange(slices, dtype=torch.float64)[:, None] * length / slices
    ends = starts + length / slices
    average = (torch.minimum(ends, edges + 1) - torch.maximum(starts, edges)).clamp(min=0) * slices / length
    place = ((torch.arange(length, dtype=torch.float64) + 0.5) * slices / length - 0.5).clamp(0, slices - 1)
    between = (1 - (place[:, None] - torch.arange(slices)).abs()).clamp(min=0)
    return between @ average
