"""Crops that look at the boxes before they cut, so that none is cut through."""

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import ClassVar, Literal, TypeAlias, final, get_args

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.augment.spatial.geometry import onto_window
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.boxes import Boxes
from leyden.items.grid import size_text

__all__ = ["BoxSafeCrop", "Keep"]

Keep: TypeAlias = Literal["all", "one"]
"""What must stay whole in a window: all boxes, or one of them, chosen by chance."""


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class BoxSafeCrop(Spatial):
    """Take a window of random size and place that holds boxes whole, and bring it onto one size.

    Along each axis the window begins anywhere between the edge of the grid and the boxes, and ends anywhere between
    them and the other edge, by whole pixels. Boxes count as the steps so far have moved them, cut at the edge of the
    grid; those of all `Boxes` of the sample together. If the grid shows none, the window holds one pixel chosen by
    chance. Fields (`Elastic`, `GridDistortion`) act after the crop and may push a box over its edge by their amount.

    Args:
        shape: pixels along each axis of the new grid, in axis order; one number for all axes; none at all leaves the
            window as large as it is.
        keep: `all` boxes, or only `one` of them, each as likely, which leaves more to chance.

    Raises:
        DrawError: when drawn for a sample without boxes.

    Examples:
        >>> BoxSafeCrop(300, 300)
        BoxSafeCrop(300, 300)

    Source:
        albumentations.RandomSizedBBoxSafeCrop; without a shape, albumentations.BBoxSafeRandomCrop.
    """

    shape: Size
    keep: Keep

    looks_at: ClassVar[str] = "the boxes"

    regrids: ClassVar[bool] = True

    def __init__(self, *shape: int, keep: Keep = "all") -> None:
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "keep", keep)
        known = get_args(Keep)
        check(self, {**(shape_rules(shape) if shape else {}), f"keep one of {known}": keep in known})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        return self.shape, {} if self.keep == "all" else {"keep": self.keep}

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the first pixel of the window along each axis, then how many pixels it has along each."""
        chance = seeded(seed_number(generator), "cpu")
        boxes = self._boxes(scene)
        if not len(boxes):
            pixel = [int(count * uniform(chance)) for count in scene.size]
            boxes = torch.tensor([[*(at - 0.5 for at in pixel), *(at + 0.5 for at in pixel)]], dtype=torch.float64)
        if self.keep == "one":
            boxes = boxes[int(len(boxes) * uniform(chance))][None]
        axes = len(scene.size)
        first, last = boxes[:, :axes].amin(0).tolist(), boxes[:, axes:].amax(0).tolist()
        corners, extents = list[float](), list[float]()
        for low, high, count in zip(first, last, scene.size, strict=True):
            start = int(uniform(chance) * (floor(low + 0.5) + 1))
            end = ceil(high + 0.5) + int(uniform(chance) * (count - ceil(high + 0.5) + 1))
            corners.append(float(start))
            extents.append(float(end - start))
        return (*corners, *extents)

    def _boxes(self, scene: Scene) -> Tensor:
        """Give the boxes that the grid shows, in double precision."""
        found = [item for item in scene.items if isinstance(item, Boxes)]
        if not found:
            raise DrawError(f"{self!r} needs boxes in the sample, to keep them whole; use RandomCrop without them")
        move = replace(scene.move, fields=())  # they act on the grid after the crop
        shown = [item.warp(move).clipped().data.double().cpu() for item in found]
        return torch.cat(shown)

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the size asked for, or that of the window."""
        return for_axes(self.shape, size) if self.shape else tuple(map(int, numbers[len(size) :]))

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Bring the window onto the new grid."""
        axes = len(size)
        return onto_window(numbers[:axes], numbers[axes:], self.new_size(numbers, size))

    def describe(self) -> str:
        """Say what happens."""
        resized = f", resized to {size_text(self.shape)}" if self.shape else ""
        return f"crop around {'all boxes' if self.keep == 'all' else 'one box'}{resized}"
