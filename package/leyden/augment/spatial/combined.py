"""Turn, zoom, shear and shift at once, as networks for segmentation are mostly trained with."""

from dataclasses import dataclass
from math import radians, tan
from typing import final, get_args

import torch

from leyden.augment.chain.chance import Range, check, interval, range_text
from leyden.augment.chain.span import degree_rules, ordered, share_rules
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.geometry import Axis, about_centre, across, rotation, scaling, shift, true_to_scale
from leyden.items import Affine as Matrix
from leyden.items import Size
from leyden.items.grid import compose

__all__ = ["Affine"]

_STILL = (1.0, 1.0)
"""The zoom that leaves all as it is."""


@final
@register
@dataclass(frozen=True, repr=False)
class Affine(Spatial):
    """Zoom, shear and turn about the centre of the grid, then shift: four transforms in one, by name.

    A picture turns about z and is sheared along x across y. A volume turns about z, then y, then x, and is sheared
    along x across y, along x across z and along y across z, each by a number of its own. Items that know a spacing turn
    and lean in mm, as by `Rotate`.

    Args:
        degrees: of each turn, from -degrees to degrees, or (low, high). One number that reads as radians is refused,
            as by `Rotate`.
        zoom: (low, high) of one factor for all axes, above 0; below 1 shrinks. `Scale` takes one an axis.
        translate: of the length of each axis, from -translate to translate, or (low, high); positive is down and
            right. One number above 1 reads as pixels and is refused.
        shear: of each shear, in degrees, from -shear to shear, or (low, high), between -90 and 90.

    Examples:
        >>> Affine(degrees=15, zoom=(0.9, 1.1))
        Affine(degrees=15, zoom=(0.9, 1.1))
        >>> print(Affine(degrees=15, zoom=(0.9, 1.1)).describe())
        affine (zoom 0.9..1.1, rotate +-15 deg)

    Source:
        The order is that of torchvision.transforms.RandomAffine; one turn about each axis of a volume and one factor
        for all is what nnU-Net's SpatialTransform does.
    """

    degrees: Range = 0
    zoom: tuple[float, float] = _STILL
    translate: Range = 0
    shear: Range = 0

    def __post_init__(self) -> None:
        rules = {f"turns of {rule}": holds for rule, holds in degree_rules(self.degrees).items()}
        rules |= {"a zoom of finite 0 < low <= high, as (low, high)": ordered(self.zoom, above=0)}
        rules |= {f"shifts of {rule}": holds for rule, holds in share_rules(self.translate).items()}
        rules |= {f"shears of {rule}": holds for rule, holds in degree_rules(self.shear, bound=90).items()}
        check(self, rules)

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the angles, the factor, a shift an axis and the angles of the shears."""
        axes = len(size)
        turns = len(_leanings(axes))
        drawn = (interval(self.degrees),) * turns, (self.zoom,), (interval(self.translate),) * axes
        return (*drawn[0], *drawn[1], *drawn[2], *(interval(self.shear),) * turns)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw them, and tell what pixels measure where they are no squares or cubes."""
        return (*super().numbers(generator, scene), *scene.metric)

    def matrix(self, numbers: Numbers, size: Size) -> Matrix:
        """Zoom, shear, turn, shift."""
        axes, count = len(size), len(self.ranges(size))
        leanings = _leanings(axes)
        turns, (factor, *rest), metric = numbers[: len(leanings)], numbers[len(leanings) : count], numbers[count:]
        linear = [list(row) for row in scaling((1.0,) * axes)]
        for (row, column), degrees in zip(leanings, rest[axes:], strict=True):
            linear[row][column] = tan(radians(degrees))
        steps = [scaling((factor,) * axes), tuple(map(tuple, linear))]
        names = tuple(reversed(get_args(Axis)))[: len(turns)]
        planes = [across(axis, axes, who=self) for axis in names]
        steps += [rotation(degrees, plane, axes) for degrees, plane in zip(turns, planes, strict=True)]
        matrix = about_centre(steps[0], size)
        for step in steps[1:]:
            matrix = compose(matrix, about_centre(true_to_scale(step, metric), size))
        return compose(matrix, shift(tuple(part * count for part, count in zip(rest[:axes], size, strict=True))))

    def describe(self) -> str:
        """Say what happens."""
        parts = {
            f"zoom {'..'.join(f'{end:.4g}' for end in self.zoom)}": self.zoom != _STILL,
            f"shear {range_text(self.shear)} deg": self.shear != 0,
            f"rotate {range_text(self.degrees)} deg": self.degrees != 0,
            f"shift {range_text(self.translate, 100)} %": self.translate != 0,
        }
        return f"affine ({', '.join(part for part, told in parts.items() if told) or 'nothing'})"


def _leanings(axes: int) -> tuple[tuple[int, int], ...]:
    """Give the pairs (along, across) that a shear leans, as they stand in axis order."""
    return ((1, 0),) if axes == 2 else ((2, 1), (2, 0), (1, 0))
