"""Transforms that change the grid: crops and resizing. Only what the new grid needs is ever computed."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, final, get_args

import torch

from leyden.augment.chain.chance import check, uniform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.geometry import about_centre, scaling, shift
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["CenterCrop", "Outside", "RandomCrop", "Resize"]

Outside: TypeAlias = Literal["refuse", "fill"]
"""What a crop larger than the grid does: `refuse` raises, `fill` shows what the border mode of the chain says."""


@dataclass(frozen=True, init=False, repr=False)
class _Crop(Spatial):
    """A window of the grid, one size for all axes or one an axis."""

    shape: Size
    outside: Outside

    exact: ClassVar[bool] = True

    def __init__(self, *shape: int, outside: Outside = "refuse") -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "outside", outside)
        known = get_args(Outside)
        check(self, {**_rules(shape), f"outside one of {known}": outside in known})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {} if self.outside == "refuse" else {"outside": self.outside}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size of the window."""
        del numbers
        wanted = _for_axes(self.shape, size)
        if self.outside == "refuse" and any(new > old for new, old in zip(wanted, size, strict=True)):
            raise DrawError(
                f"a crop of {size_text(wanted)} does not fit into {size_text(size)}; put Resize first, or give "
                'outside="fill" to fill up as the border mode of the chain says'
            )
        return wanted


def _rules(shape: Size) -> dict[str, bool]:
    return {"one size, or one an axis, of at least one pixel": 1 <= len(shape) <= 3 and min(shape) >= 1}


def _for_axes(shape: Size, size: Size) -> Size:
    """Give one size an axis."""
    if len(shape) == 1:
        return shape * len(size)
    if len(shape) != len(size):
        raise DrawError(f"{size_text(shape)} asked of a grid of {size_text(size)}; give one size, or one an axis")
    return shape


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class RandomCrop(_Crop):
    """Take a window anywhere in the grid, by whole pixels.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        outside: what happens if the window is larger than the grid: `refuse` raises, `fill` shows the border mode.

    Raises:
        DrawError: when drawn for a smaller grid, unless it fills.

    Examples:
        >>> RandomCrop(224, 224)
        RandomCrop(224, 224)
    """

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the first pixel of the window along each axis, each as likely as any other."""
        spare = [old - new for old, new in zip(scene.size, self.new_size((), scene.size), strict=True)]
        return tuple(min(0, room) + int(uniform(generator) * (abs(room) + 1)) for room in spare)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Count places from the window's first pixel."""
        del size
        return shift(tuple(-corner for corner in numbers))

    def describe(self) -> str:
        """Say what happens."""
        return f"crop {size_text(self.shape)}"


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class CenterCrop(_Crop):
    """Take the window in the middle, by whole pixels; an odd pixel is left over at the end.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        outside: what happens if the window is larger than the grid: `refuse` raises, `fill` shows the border mode.

    Raises:
        DrawError: when drawn for a smaller grid, unless it fills.
    """

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Count places from the window's first pixel."""
        window = self.new_size(numbers, size)
        return shift(tuple(-((old - new) // 2) for old, new in zip(size, window, strict=True)))

    def describe(self) -> str:
        """Say what happens."""
        return f"crop {size_text(self.shape)} from the middle"


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class Resize(Spatial):
    """Bring the whole grid, from outer edge to outer edge, onto another number of pixels; sides may change in ratio.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.

    Source:
        The geometry of torch.nn.functional.interpolate with align_corners=False; halving averages 2 x 2 pixels.
    """

    shape: Size

    def __init__(self, *shape: int) -> None:
        object.__setattr__(self, "shape", shape)
        check(self, _rules(shape))

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size asked for."""
        del numbers
        return _for_axes(self.shape, size)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Stretch each axis."""
        new_size = self.new_size(numbers, size)
        factors = tuple(new / old for new, old in zip(new_size, size, strict=True))
        return about_centre(scaling(factors), size, new_size)

    def describe(self) -> str:
        """Say what happens."""
        return f"resize to {size_text(self.shape)}"
