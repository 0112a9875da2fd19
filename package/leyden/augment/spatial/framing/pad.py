"""Padding by whole pixels: the grid grows, what it shows is copied."""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar, Literal, TypeAlias, final, get_args

from leyden.augment.chain.chance import check
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.augment.spatial.geometry import shift
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["Larger", "Pad", "PadDivisible"]

Larger: TypeAlias = Literal["refuse", "keep"]
"""What padding does to an axis that is longer than asked for: `refuse` raises, `keep` leaves it as it is."""


class _Frame(Spatial):
    """A larger grid with the old one in its middle."""

    exact: ClassVar[bool] = True

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Put the old grid in the middle."""
        new_size = self.new_size(numbers, size)
        return shift(tuple(float((new - old) // 2) for old, new in zip(size, new_size, strict=True)))


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class Pad(_Frame):
    """Pad to a size, the picture in the middle; an odd pixel is added at the end.

    What is added shows the border mode of the chain in images (`Border("zeros")` for black) and the label `outside` in
    masks.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        larger: what happens to an axis that is longer already: `refuse` raises, `keep` leaves it, so that the shape is
            the least that comes out.

    Raises:
        DrawError: when drawn for a larger grid, unless it keeps.

    Examples:
        >>> Pad(512, larger="keep")
        Pad(512, larger='keep')

    Source:
        `keep` is monai.transforms.SpatialPad and albumentations.PadIfNeeded, with the same place for the odd pixel.
    """

    shape: Size
    larger: Larger

    def __init__(self, *shape: int, larger: Larger = "refuse") -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "larger", larger)
        known = get_args(Larger)
        check(self, {**shape_rules(shape), f"larger one of {known}": larger in known})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {} if self.larger == "refuse" else {"larger": self.larger}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size asked for, or what is longer already."""
        del numbers
        wanted = for_axes(self.shape, size)
        if self.larger == "refuse" and any(new < old for new, old in zip(wanted, size, strict=True)):
            raise DrawError(
                f"padding {size_text(size)} to {size_text(wanted)} would cut; put a crop or Resize first, or give "
                'larger="keep" to leave longer axes as they are'
            )
        return tuple(map(max, wanted, size))

    def describe(self) -> str:
        """Say what happens."""
        return f"pad to {'at least ' if self.larger == 'keep' else ''}{size_text(self.shape)}"


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class PadDivisible(_Frame):
    """Pad until each axis is a multiple of a number, as networks that halve the grid want it.

    The picture is in the middle, an odd pixel is added at the end. What is added shows the border mode of the chain in
    images and the label `outside` in masks.

    Args:
        multiple: pixels; one number for all axes, or one an axis, in axis order.

    Examples:
        >>> PadDivisible(32)
        PadDivisible(32)

    Source:
        monai.transforms.DivisiblePad.
    """

    multiple: Size

    def __init__(self, *multiple: int) -> None:
        object.__setattr__(self, "multiple", multiple)
        check(self, shape_rules(multiple))

    def arguments(self) -> Arguments:
        """Give the numbers one by one."""
        return self.multiple, {}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Round each length up."""
        del numbers
        return tuple(step * ceil(count / step) for step, count in zip(for_axes(self.multiple, size), size, strict=True))

    def describe(self) -> str:
        """Say what happens."""
        return f"pad to multiples of {size_text(self.multiple)}"
