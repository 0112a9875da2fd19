"""Resizing of the whole grid, from outer edge to outer edge."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, final, get_args

from leyden.augment.chain.chance import check
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.augment.spatial.geometry import onto_window
from leyden.items import Affine, Size
from leyden.items.grid import size_text

__all__ = ["Fit", "Resize"]

Fit: TypeAlias = Literal["stretch", "shorter", "longer"]
"""What a size is asked of: all axes, or the shortest or the longest one, the others in proportion."""


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class Resize(Spatial):
    """Bring the whole grid, from outer edge to outer edge, onto another number of pixels.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        fit: `stretch` gives each axis its size, so sides may change in ratio; `shorter` and `longer` give one number
            to the shortest or longest axis and the others as many pixels as keep the ratio, rounded.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Resize(256, fit="shorter").draw(torch.Generator(), Image(torch.rand(1, 375, 500)))
        Draw(375 x 500 -> 256 x 341: Resize(256, fit='shorter'))

    Source:
        The geometry of torch.nn.functional.interpolate with align_corners=False; halving averages 2 x 2 pixels.
        `shorter` is torchvision.transforms.Resize of one number and albumentations.SmallestMaxSize, `longer` is
        albumentations.LongestMaxSize; follow it with `Pad` for a letter box.
    """

    shape: Size
    fit: Fit

    regrids: ClassVar[bool] = True

    def __init__(self, *shape: int, fit: Fit = "stretch") -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "fit", fit)
        known = get_args(Fit)
        one = fit == "stretch" or len(shape) == 1
        rules = {f"fit one of {known}": fit in known, f'one number for fit="{fit}"': one}
        check(self, {**shape_rules(shape), **rules})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {} if self.fit == "stretch" else {"fit": self.fit}

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size asked for."""
        del numbers
        if self.fit == "stretch":
            return for_axes(self.shape, size)
        side = min(size) if self.fit == "shorter" else max(size)
        # whole numbers, so that half a pixel rounds up everywhere
        return tuple(max(1, (2 * count * self.shape[0] + side) // (2 * side)) for count in size)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Stretch each axis."""
        return onto_window((0.0,) * len(size), size, self.new_size(numbers, size))

    def describe(self) -> str:
        """Say what happens."""
        side = "" if self.fit == "stretch" else f"the {self.fit} side "
        return f"resize {side}to {size_text(self.shape)}"
