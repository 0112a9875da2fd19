"""Windows of random size, brought onto one size: the crop that image classifiers are trained with."""

from dataclasses import dataclass
from math import exp, log, prod, sqrt
from typing import ClassVar, final

import torch

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.chain.span import ordered
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.augment.spatial.geometry import onto_window
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["RandomResizedCrop"]

_TRIES = 10
"""How many windows are drawn until one fits; as torchvision."""

_SCALE, _RATIO = (0.08, 1.0), (3 / 4, 4 / 3)
"""As torchvision has them, after the Inception networks."""


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class RandomResizedCrop(Spatial):
    """Take a window of random size, shape and place, and bring it onto one size.

    In a picture the window has the drawn area and the drawn ratio of width to height, in pixels. In a volume each axis
    keeps a part of its own length, so that a flat volume gives a flat window: the parts are even but for a factor each,
    drawn from `ratio`, and together they make the drawn share.

    Where ten windows have not fitted into the grid, the largest one within `ratio` is taken, or the whole volume.

    Args:
        shape: pixels along each axis of the new grid, in axis order; one number for all axes.
        scale: (low, high) of the share of the area or volume, above 0, up to 1.
        ratio: (low, high) of width to height, or of the factor of each axis of a volume; above 0.

    Examples:
        >>> RandomResizedCrop(224, scale=(0.5, 1))
        RandomResizedCrop(224, scale=(0.5, 1))

    Source:
        torchvision.transforms.RandomResizedCrop, which takes the middle where nothing has fitted; first in Szegedy et
        al. 2015, "Going deeper with convolutions", section 6.
    """

    shape: Size
    scale: tuple[float, float]
    ratio: tuple[float, float]

    regrids: ClassVar[bool] = True

    def __init__(self, *shape: int, scale: tuple[float, float] = _SCALE, ratio: tuple[float, float] = _RATIO) -> None:
        for name, value in (("shape", shape), ("scale", scale), ("ratio", ratio)):
            object.__setattr__(self, name, value)
        shares = ordered(scale, above=0) and scale[1] <= 1
        rules = {
            "a scale of 0 < low <= high <= 1": shares,
            "a ratio of finite 0 < low <= high": ordered(ratio, above=0),
        }
        check(self, {**shape_rules(shape), **rules})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        options = {"scale": self.scale, "ratio": self.ratio}
        usual = {"scale": _SCALE, "ratio": _RATIO}
        return self.shape, {name: value for name, value in options.items() if value != usual[name]}

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the first pixel of the window along each axis, then how many pixels it has along each."""
        chance = seeded(seed_number(generator), "cpu")
        tries = (self._window(chance, scene.size) for _ in range(_TRIES))
        fitting = (window for window in tries if _fits(window, scene.size))
        window = next(fitting, None) or self._largest(scene.size)
        room = [count - extent for count, extent in zip(scene.size, window, strict=True)]
        return (*(float(int(uniform(chance) * (spare + 1))) for spare in room), *map(float, window))

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size asked for."""
        del numbers
        return for_axes(self.shape, size)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Bring the window onto the new grid."""
        axes = len(size)
        return onto_window(numbers[:axes], numbers[axes:], self.new_size(numbers, size))

    def _window(self, chance: torch.Generator, size: Size) -> Size:
        low, high = self.scale
        share = low + (high - low) * uniform(chance)
        narrow, wide = map(log, self.ratio)
        if len(size) == 2:
            ratio, area = exp(narrow + (wide - narrow) * uniform(chance)), share * prod(size)
            return round(sqrt(area / ratio)), round(sqrt(area * ratio))
        stretch = [exp(narrow + (wide - narrow) * uniform(chance)) for _ in size]
        even = (share / prod(stretch)) ** (1 / len(size))
        return tuple(round(count * part * even) for count, part in zip(size, stretch, strict=True))

    def _largest(self, size: Size) -> Size:
        if len(size) != 2:
            return size
        high, wide = size
        ratio = min(max(wide / high, self.ratio[0]), self.ratio[1])
        return max(1, min(high, round(wide / ratio))), max(1, min(wide, round(high * ratio)))

    def describe(self) -> str:
        """Say what happens."""
        low, high = (f"{100 * end:.4g}" for end in self.scale)
        return f"crop {low}..{high} %, resized to {size_text(self.shape)}"


def _fits(window: Size, size: Size) -> bool:
    return all(1 <= extent <= count for extent, count in zip(window, size, strict=True))
