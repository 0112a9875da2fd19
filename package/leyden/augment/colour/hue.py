"""Turning the colour circle."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.augment.chain.chance import Range, check, interval, range_text
from leyden.augment.chain.span import degree_rules, finite
from leyden.augment.colour.base import Intensity, channels_of, demand_rgb
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["Hue"]

_SEXTANT = 60
"""Degrees from red to yellow, from yellow to green, and on."""

_CIRCLE = 360
"""Degrees in a full turn."""

_STRIP = 2**14
"""Pixels looked at together, so that what is computed on the way stays in the cache."""


@final
@register
@dataclass(frozen=True, repr=False)
class Hue(Intensity):
    """Turn the colour circle, exactly: largest and smallest channel of each pixel keep their values; 3 channels.

    Nothing is cut, whatever the range of the values, and grays stay as they are. Has a way back.

    Args:
        degrees: how far, from -degrees to degrees, or (low, high); 120 makes red green, green blue and blue red. One
            number that reads as radians or is below 1, as full turns are counted, is refused.

    Examples:
        >>> from leyden.items import Image
        >>> red = Image(torch.tensor([[[0.75]], [[0.25]], [[0.25]]]))
        >>> Hue((120, 120))(torch.Generator(), red).data.flatten()
        tensor([0.2500, 0.7500, 0.2500])

    Source:
        The hexcone of Smith, "Color gamut transform pairs", SIGGRAPH 1978, as in Python's colorsys; torchvision's
        adjust_hue counts in full turns, -0.5..0.5.
    """

    degrees: Range

    def __post_init__(self) -> None:
        rules, given = degree_rules(self.degrees), self.degrees
        if not isinstance(given, tuple) and finite(given) and 0 < given < 1:
            meant, insisted = f"{_CIRCLE * given:.4g}", f"(-{given:.4g}, {given:.4g})"
            told = f"degrees, and {given:.4g} looks like full turns: as such it is {meant} degrees"
            rules = {f"{told}, so give {meant}, or {insisted} to insist": False}
        check(self, rules)

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw an angle in degrees."""
        del size
        return (interval(self.degrees),)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the angle for images of 3 channels."""
        demand_rgb(self, channels_of(scene))
        return super().numbers(generator, scene)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Turn."""
        return self.change_(numbers, data.clone())

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Turn in place."""
        demand_rgb(self, data.shape[0])
        for strip in data.view(3, -1).split(_STRIP, dim=1):
            strip.copy_(_turned(strip, numbers[0]))
        return data

    def undo(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Turn back."""
        return self.change((-numbers[0],), data)

    def describe(self) -> str:
        """Say what happens."""
        return f"hue {range_text(self.degrees)} deg"


def _turned(pixels: Tensor, degrees: float) -> Tensor:
    """Give `3 pixel` after a turn.

    A channel is its largest value less the chroma times a trapezium over the circle, which is 0 for the sextant to
    either side of where the channel is strongest, and 1 for the two opposite.
    """
    red, green, blue = pixels
    value = pixels.amax(0)
    chroma = value - pixels.amin(0)
    slope = chroma.clamp(min=torch.finfo(chroma.dtype).tiny).reciprocal_()
    from_red, from_green, from_blue = (green - blue) * slope, (blue - red) * slope + 2, (red - green) * slope + 4
    # 1 where a channel is the largest, else 0: torch.where would take five times as long
    is_red, is_green = (red - value).sign_().add_(1), (green - value).sign_().add_(1)
    hue = torch.lerp(torch.lerp(from_blue, from_green, is_green), from_red, is_red)
    # the trapezium is highest 2 sextants from where it starts: 5, 3 and 1 before the end of the circle
    distance = hue + hue.new_tensor([[offset + degrees / _SEXTANT - 2] for offset in (5, 3, 1)])
    distance -= 6 * (distance / 6).round_()
    weight = distance.abs_().neg_().add_(2).clamp_(0, 1)
    return value - chroma * weight
