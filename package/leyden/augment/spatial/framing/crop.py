"""Crops by whole pixels. Only what the new grid needs is ever computed."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, final, get_args

import torch

from leyden.augment.chain.chance import check, uniform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.augment.spatial.geometry import shift
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["CenterCrop", "Outside", "RandomCrop", "Window"]

Outside: TypeAlias = Literal["refuse", "fill"]
"""What a crop larger than the grid does: `refuse` raises, `fill` shows what the border mode of the chain says."""


@dataclass(frozen=True, init=False, repr=False)
class Window(Spatial):
    """A window of the grid, one size for all axes or one an axis; its first pixel along each axis is what is drawn."""

    shape: Size
    outside: Outside

    exact: ClassVar[bool] = True

    def __init__(self, *shape: int, outside: Outside = "refuse") -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "outside", outside)
        known = get_args(Outside)
        check(self, {**shape_rules(shape), f"outside one of {known}": outside in known})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {} if self.outside == "refuse" else {"outside": self.outside}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size of the window."""
        del numbers
        wanted = for_axes(self.shape, size)
        if self.outside == "refuse" and any(new > old for new, old in zip(wanted, size, strict=True)):
            raise DrawError(
                f"a crop of {size_text(wanted)} does not fit into {size_text(size)}; put Resize first, or give "
                'outside="fill" to fill up as the border mode of the chain says'
            )
        return wanted

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Count places from the window's first pixel."""
        return shift(tuple(-corner for corner in numbers[: len(size)]))

    def anywhere(self, generator: torch.Generator, size: Size) -> Numbers:
        """Draw a first pixel along each axis, each as likely as any other.

        Args:
            generator: where the chance comes from.
            size: the grid that the window is cut from.
        """
        spare = [old - new for old, new in zip(size, self.new_size((), size), strict=True)]
        return tuple(min(0, room) + int(uniform(generator) * (abs(room) + 1)) for room in spare)


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class RandomCrop(Window):
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

    def __init__(self, *shape: int, outside: Outside = "refuse") -> None:
        super().__init__(*shape, outside=outside)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the first pixel of the window along each axis, each as likely as any other."""
        return self.anywhere(generator, scene.size)

    def describe(self) -> str:
        """Say what happens."""
        return f"crop {size_text(self.shape)}"


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class CenterCrop(Window):
    """Take the window in the middle, by whole pixels; an odd pixel is left over at the end.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        outside: what happens if the window is larger than the grid: `refuse` raises, `fill` shows the border mode.

    Raises:
        DrawError: when drawn for a smaller grid, unless it fills.

    Examples:
        >>> from leyden.items import Image
        >>> CenterCrop(2)(torch.Generator(), Image(torch.arange(16.0).view(1, 4, 4))).data
        tensor([[[ 5.,  6.],
                 [ 9., 10.]]])
    """

    def __init__(self, *shape: int, outside: Outside = "refuse") -> None:
        super().__init__(*shape, outside=outside)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Count places from the window's first pixel."""
        window = self.new_size(numbers, size)
        return shift(tuple(-((old - new) // 2) for old, new in zip(size, window, strict=True)))

    def describe(self) -> str:
        """Say what happens."""
        return f"crop {size_text(self.shape)} from the middle"
