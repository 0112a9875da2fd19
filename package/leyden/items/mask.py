"""Masks and label maps: one integer a place."""

from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from jaxtyping import Integer
from torch import Tensor

from leyden.items.grid.affine import Affine, Size, size_text
from leyden.items.grid.move import Move
from leyden.items.grid.sampling import resample
from leyden.items.item import Item, Relabel, complain
from leyden.items.world import Spacing, agreed, followed, in_millimetres

__all__ = ["LabelMap", "Mask"]

LabelMap: TypeAlias = Integer[Tensor, "*space"]
"""One label a place, signed or as the unsigned bytes that files hold."""

_KINDS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Mask(Item):
    """A label map (`y x` or `z y x`); nearest neighbour, so no label is invented; never recoloured.

    What a move brings in from outside the grid is background, 0, whatever the images of the sample show there.

    Args:
        data: uint8, int8, int16, int32 or int64; 0 is background. Not copied.
        spacing: mm from pixel to pixel along each axis, in axis order; that of the affine if left out.
        affine: where pixels lie in the world, as of `Image`.

    Raises:
        ItemError: not an integer tensor of two or three axes with at least one pixel; or a spacing and affine that do
            not fit it or each other.

    Examples:
        >>> Mask(torch.tensor([[0, 1], [2, 2]]))
        Mask(2 x 2, int64, 0..2)
    """

    data: LabelMap
    spacing: Spacing | None = None
    affine: Affine | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Mask", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        faults: list[str] = []
        if self.data.dtype not in _KINDS:
            faults.append(f"wants integers (uint8, int8..int64), got {self.data.dtype}; use data.to(torch.uint8)")
        if self.data.ndim not in (2, 3):
            faults.append(f"wants y x or z y x, got shape {tuple(self.data.shape)}; drop a channel axis with data[0]")
        if not self.data.numel():
            faults.append(f"shape {tuple(self.data.shape)} holds no pixel")
        complain("Mask", faults)
        if self.spacing is not None or self.affine is not None:
            object.__setattr__(self, "spacing", agreed("Mask", self.size, self.spacing, self.affine))

    @property
    def size(self) -> Size:
        """Pixels along each axis."""
        return tuple(self.data.shape)

    def warp(self, move: Move) -> "Mask":
        """Give the mask on the new grid: each new pixel takes the label at its centre."""
        if move.is_idle:
            return self
        moved = resample(self.data[None], move, interpolation="nearest", border="zeros")[0]
        return Mask(moved, *followed(self.spacing, self.affine, move))

    def relabel(self, change: Relabel) -> Item:
        """Give what a change of labels makes of the mask."""
        return change(self)

    def __repr__(self) -> str:
        low, high = (bound.item() for bound in self.data.aminmax())
        kind = str(self.data.dtype).removeprefix("torch.")
        return f"Mask({size_text(self.size)}, {kind}, {low}..{high}{in_millimetres(self.spacing)})"
