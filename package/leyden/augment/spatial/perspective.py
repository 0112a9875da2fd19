"""Perspective: a picture as seen from a little aside."""

from dataclasses import dataclass
from typing import final

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import finite
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import compose

__all__ = ["Perspective"]

_CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""Around the picture, as fractions of its axes in axis order."""


@final
@register
@dataclass(frozen=True, repr=False)
class Perspective(Spatial):
    """Move the four corners of a picture, each by its own small way; straight lines stay straight.

    Fuses with the other spatial steps, and points stay exact. For pictures only: no scanner sees a volume in
    perspective.

    Args:
        amount: how far a corner goes at most along each axis, inwards or outwards, as a fraction of the axis; above 0
            and below 1/6; from 0.18 on the horizon could come into sight.

    Examples:
        >>> import torch
        >>> from leyden.items import Keypoints
        >>> line = Keypoints(torch.tensor([[0.0, 0.0], [10.0, 10.0], [20.0, 20.0]]), (100, 100))
        >>> first, middle, last = Perspective(0.1)(torch.Generator().manual_seed(0), line).data
        >>> (last - first) / (middle - first)  # alike along y and x: still on a line; not 2: no longer evenly spaced
        tensor([2.0435, 2.0435])

    Source:
        Corners that go at random are those of torchvision.transforms.RandomPerspective (its distortion_scale is four
        times the amount, for they go inwards only there); the map is from Heckbert 1989, "Fundamentals of texture
        mapping and image warping", section 2.2.3.
    """

    amount: float

    def __post_init__(self) -> None:
        small = finite(self.amount) and 0 < self.amount < 1 / 6
        check(self, {"an amount above 0 and below 1/6 of the axis": small})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw two fractions a corner."""
        if len(size) != 2:
            raise DrawError(f"{self!r} needs a picture; no volume is seen in perspective: use Affine or Elastic")
        return ((-self.amount, self.amount),) * 8

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Take the corners of the grid where they go."""
        ways = zip(_CORNERS, numbers[::2], numbers[1::2], strict=True)
        unit = _from_square([(corner[0] + down, corner[1] + right) for corner, down, right in ways])
        high, wide = size
        onto_unit = ((1 / high, 0.0, 0.5 / high), (0.0, 1 / wide, 0.5 / wide), (0.0, 0.0, 1.0))
        from_unit = ((float(high), 0.0, -0.5), (0.0, float(wide), -0.5), (0.0, 0.0, 1.0))
        return compose(compose(onto_unit, unit), from_unit)

    def describe(self) -> str:
        """Say what happens."""
        return f"perspective +-{100 * self.amount:.4g} %"


def _from_square(corners: list[tuple[float, float]]) -> Affine:
    """Give the projective map that takes the corners of the unit square to four others, in the same order."""
    (y0, x0), (y1, x1), (y2, x2), (y3, x3) = corners
    y12, y32, y_all = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    x12, x32, x_all = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    area = y12 * x32 - y32 * x12
    g, h = (y_all * x32 - x_all * y32) / area, (y12 * x_all - x12 * y_all) / area
    return ((y1 - y0 + g * y1, y3 - y0 + h * y3, y0), (x1 - x0 + g * x1, x3 - x0 + h * x3, x0), (g, h, 1.0))
