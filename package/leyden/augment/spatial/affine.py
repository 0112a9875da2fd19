"""Flips, turns, zooms, shifts and shears: maps of places that a chain fuses into one resample."""

from dataclasses import dataclass
from math import radians, tan
from typing import ClassVar, final, get_args

import torch

from leyden.augment.chain.chance import Range, check, interval, range_text
from leyden.augment.chain.span import degree_rules, ordered, share_rules
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.geometry import (
    Axis,
    about_centre,
    across,
    axis_index,
    rotation,
    scaling,
    shift,
    true_to_scale,
)
from leyden.items import Affine, Size

__all__ = ["Flip", "Rotate", "Scale", "Shear", "Translate", "Zoom"]


@final
@register
@dataclass(frozen=True, repr=False)
class Flip(Spatial):
    """Mirror along an axis, always; `Maybe(Flip("x"))` does it half of the time. Copies pixels exactly.

    Args:
        axis: `x` swaps left and right, `y` up and down, `z` the first and last slice.

    Examples:
        >>> import torch
        >>> from leyden.items import Image, Keypoints
        >>> sample = Image(torch.tensor([[[1.0, 2.0, 3.0]]])), Keypoints(torch.tensor([[0.0, 0.0]]), (1, 3))
        >>> image, points = Flip("x")(torch.Generator(), sample)
        >>> image.data, points.data
        (tensor([[[3., 2., 1.]]]), tensor([[0., 2.]]))
    """

    axis: Axis

    exact: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check(self, {"an axis x, y or z": self.axis in get_args(Axis)})

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Mirror about the centre of the grid."""
        del numbers
        flipped = axis_index(self.axis, len(size))
        return about_centre(scaling(tuple(-1.0 if axis == flipped else 1.0 for axis in range(len(size)))), size)

    def describe(self) -> str:
        """Say what happens."""
        return f"flip {self.axis}"


@final
@register
@dataclass(frozen=True, repr=False)
class Rotate(Spatial):
    """Turn about the centre of the grid, anticlockwise as shown; multiples of 90 on an even grid copy pixels.

    Items that know a spacing turn in mm, as a body does: what is round stays round in thick slices too, and under a
    tilted gantry.

    Args:
        degrees: from -degrees to degrees, or (low, high). One number that reads as radians (below 1, pi / 2, 1.57) is
            refused; (low, high) is taken as it is.
        axis: what a volume turns about: `z` turns every slice in its plane, `y` turns z into x, `x` turns z into y;
            pictures turn about `z`.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Rotate((90, 90))(torch.Generator(), Image(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]))).data
        tensor([[[2., 4.],
                 [1., 3.]]])

    Source:
        The direction is that of torchvision.transforms.functional.rotate.
    """

    degrees: Range
    axis: Axis = "z"

    def __post_init__(self) -> None:
        check(self, {**degree_rules(self.degrees), "an axis x, y or z": self.axis in get_args(Axis)})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw an angle in degrees."""
        del size
        return (interval(self.degrees),)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw an angle, and tell what pixels measure where they are no squares or cubes."""
        return (*super().numbers(generator, scene), *scene.metric)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Turn the plane of the two other axes."""
        turn = rotation(numbers[0], across(self.axis, len(size), who=self), len(size))
        return about_centre(true_to_scale(turn, numbers[1:]), size)

    def describe(self) -> str:
        """Say what happens."""
        return f"rotate {range_text(self.degrees)} deg{'' if self.axis == 'z' else f' about {self.axis}'}"


@final
@register
@dataclass(frozen=True, repr=False)
class Zoom(Spatial):
    """Enlarge about the centre of the grid by one factor for all axes; the grid keeps its size.

    Args:
        low: smallest factor, above 0; below 1 shrinks.
        high: largest factor.

    Examples:
        >>> import torch
        >>> from leyden.items import Keypoints
        >>> points = Keypoints(torch.tensor([[3.5, 4.5]]), (8, 8))  # the centre is at 3.5 3.5
        >>> Zoom(2, 2)(torch.Generator(), points).data
        tensor([[3.5000, 5.5000]])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite 0 < low <= high": ordered((self.low, self.high), above=0)})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw a factor."""
        del size
        return ((self.low, self.high),)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Scale all axes alike."""
        return about_centre(scaling(numbers * len(size)), size)

    def describe(self) -> str:
        """Say what happens."""
        return f"zoom {self.low:.4g}..{self.high:.4g}"


@final
@register
@dataclass(frozen=True, repr=False)
class Scale(Spatial):
    """Stretch about the centre of the grid by a factor an axis, each drawn for itself; the grid keeps its size.

    Args:
        low: smallest factor, above 0; below 1 shrinks.
        high: largest factor.

    Examples:
        >>> import torch
        >>> from leyden.items import Keypoints
        >>> points = Keypoints(torch.tensor([[4.5, 4.5]]), (8, 8))  # one pixel from the centre along each axis
        >>> draw = Scale(0.5, 1.5).draw(torch.Generator().manual_seed(3), points)
        >>> draw, draw(points).data
        (Draw(8 x 8: Scale(0.5, 1.5) at 0.5341, 0.7867), tensor([[4.0341, 4.2867]]))

    Source:
        `scales` with isotropic=False of torchio.RandomAffine.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite 0 < low <= high": ordered((self.low, self.high), above=0)})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw a factor an axis."""
        return ((self.low, self.high),) * len(size)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Scale each axis."""
        return about_centre(scaling(numbers), size)

    def describe(self) -> str:
        """Say what happens."""
        return f"stretch each axis {self.low:.4g}..{self.high:.4g}"


@final
@register
@dataclass(frozen=True, repr=False)
class Translate(Spatial):
    """Shift along every axis, each by its own distance.

    Args:
        fraction: of the length of the axis, from -fraction to fraction, or (low, high); positive is down and right. One
            number above 1 reads as pixels and is refused.

    Examples:
        >>> import torch
        >>> from leyden.items import Keypoints
        >>> Translate((0.25, 0.25))(torch.Generator(), Keypoints(torch.tensor([[0.0, 0.0]]), (4, 8))).data
        tensor([[1., 2.]])
    """

    fraction: Range

    def __post_init__(self) -> None:
        check(self, share_rules(self.fraction))

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw a fraction an axis."""
        return (interval(self.fraction),) * len(size)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Shift by the fractions, in pixels."""
        return shift(tuple(number * count for number, count in zip(numbers, size, strict=True)))

    def describe(self) -> str:
        """Say what happens."""
        return f"shift {range_text(self.fraction, 100)} %"


@final
@register
@dataclass(frozen=True, repr=False)
class Shear(Spatial):
    """Slant about the centre of the grid: places move along one axis in proportion to where they are on another.

    Items that know a spacing lean by the angle in mm, as they turn by `Rotate`.

    Args:
        degrees: how far lines along `across` lean, from -degrees to degrees, or (low, high), between -90 and 90. One
            number that reads as radians is refused, as by `Rotate`.
        along: the axis that places move along.
        across: the axis whose lines lean.

    Examples:
        >>> import torch
        >>> from leyden.items import Mask
        >>> upright = Mask(torch.tensor([[0, 1, 0], [0, 1, 0], [0, 1, 0]]))
        >>> Shear((45, 45))(torch.Generator(), upright).data
        tensor([[1, 0, 0],
                [0, 1, 0],
                [0, 0, 1]])
    """

    degrees: Range
    along: Axis = "x"
    across: Axis = "y"

    def __post_init__(self) -> None:
        named = {self.along, self.across} <= set(get_args(Axis)) and self.along != self.across
        check(self, {**degree_rules(self.degrees, bound=90), "two different axes": named})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw an angle in degrees."""
        del size
        return (interval(self.degrees),)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw an angle, and tell what pixels measure where they are no squares or cubes."""
        return (*super().numbers(generator, scene), *scene.metric)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Lean one axis over."""
        row, column = axis_index(self.along, len(size)), axis_index(self.across, len(size))
        linear = [list(line) for line in scaling((1.0,) * len(size))]
        linear[row][column] = tan(radians(numbers[0]))
        return about_centre(true_to_scale(tuple(map(tuple, linear)), numbers[1:]), size)

    def describe(self) -> str:
        """Say what happens."""
        plain = (self.along, self.across) == ("x", "y")
        return f"shear {range_text(self.degrees)} deg{'' if plain else f' along {self.along} across {self.across}'}"
