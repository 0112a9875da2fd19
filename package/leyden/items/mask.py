"""Masks and label maps: one integer a place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, final, get_args

import torch
from jaxtyping import Integer
from torch import Tensor

from leyden.items.grid.affine import Affine, Size, size_text
from leyden.items.grid.move import LabelInterpolation, Move
from leyden.items.grid.sampling import resample
from leyden.items.item import Item, Relabel, complain
from leyden.items.world import Spacing, agreed, followed, in_millimetres

__all__ = ["LabelMap", "Mask", "demand_room"]

LabelMap: TypeAlias = Integer[Tensor, "*space"]
"""One label a place, signed or as the unsigned bytes that files hold."""

_KINDS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)

_WIDE = {torch.bool: "torch.uint8)", torch.uint16: "torch.int32)", torch.uint32: "torch.int64)"}
"""What to make of a type that is none of ours, so that no label wraps around."""

_HOW = get_args(LabelInterpolation)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Mask(Item):
    """A label map (`y x` or `z y x`); moved so that no label is invented; never recoloured.

    What a move brings in from outside the grid is `outside`, whatever the images of the sample show there.

    Args:
        data: uint8, int8, int16, int32 or int64; 0 is background. Not copied.
        spacing: mm from pixel to pixel along each axis, in axis order; that of the affine if left out.
        affine: where pixels lie in the world, as of `Image`.
        interpolation: how moves find labels between pixels, whatever moves it: `nearest`; or `vote`, the label that
            weighs most among the neighbours, and over what a new pixel covers where the move shrinks. That leaves a
            third as many labels wrong and takes four to seven times as long; but what is less than about three
            new pixels across shrinks or vanishes. All that moves and changes of labels make of the mask keeps it.
        outside: the label of what lies outside the grid: 0 for background, or the one that a loss ignores, often 255.

    Raises:
        ItemError: not an integer tensor of two or three axes with at least one pixel; a spacing and affine that do
            not fit it or each other; or an interpolation that there is not.

    Examples:
        >>> Mask(torch.tensor([[0, 1], [2, 2]]))
        Mask(2 x 2, int64, 0..2)
        >>> third = Move(((1 / 3, 0.0, -1 / 3), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (9, 1), (3, 1))
        >>> stripes = torch.tensor([7, 5, 7, 7, 7, 5, 5, 5, 7]).view(9, 1)
        >>> [Mask(stripes, interpolation=how).warp(third).data.flatten().tolist() for how in ("nearest", "vote")]
        [[5, 7, 5], [7, 7, 5]]
        >>> right = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 1.0), (0.0, 0.0, 1.0)), (1, 3), (1, 3))
        >>> Mask(torch.tensor([[1, 2, 3]]), outside=255).warp(right).data
        tensor([[255,   1,   2]])
    """

    data: LabelMap
    spacing: Spacing | None = None
    affine: Affine | None = None
    interpolation: LabelInterpolation = field(default="nearest", kw_only=True)
    outside: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Mask", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        faults: list[str] = []
        if self.data.dtype not in _KINDS:
            wide = _WIDE.get(self.data.dtype, "torch.uint8), or a wider type for labels beyond 255")
            faults.append(f"wants integers (uint8, int8..int64), got {self.data.dtype}; use data.to({wide}")
        if self.data.ndim not in (2, 3):
            faults.append(f"wants y x or z y x, got shape {tuple(self.data.shape)}; drop a channel axis with data[0]")
        if not self.data.numel():
            faults.append(f"shape {tuple(self.data.shape)} holds no pixel")
        if self.interpolation not in _HOW:
            faults.append(f"wants an interpolation of {' or '.join(_HOW)}, got {self.interpolation!r}")
        if self.outside and not faults:
            faults += _outside_faults(self.outside, self.data.dtype)
        complain("Mask", faults)
        if self.spacing is not None or self.affine is not None:
            object.__setattr__(self, "spacing", agreed("Mask", self.size, self.spacing, self.affine))

    @property
    def size(self) -> Size:
        """Pixels along each axis."""
        return tuple(self.data.shape)

    def warp(self, move: Move) -> "Mask":
        """Give the mask on the new grid: each new pixel takes the label at its centre, or the one that weighs most."""
        if move.is_idle:
            return self
        # 0 is what resampling fills in: exchanged with the label of the outside, both come out as themselves
        data = self.data ^ self.outside if self.outside else self.data
        moved = resample(data[None], move, interpolation=self.interpolation, border="zeros")[0]
        moved = moved ^ self.outside if self.outside else moved
        spacing, affine = followed(self.spacing, self.affine, move)
        return Mask(moved, spacing, affine, interpolation=self.interpolation, outside=self.outside)

    def relabel(self, change: Relabel) -> Item:
        """Give what a change of labels makes of the mask."""
        return change(self)

    def __repr__(self) -> str:
        low, high = (bound.item() for bound in self.data.aminmax())
        kind = str(self.data.dtype).removeprefix("torch.")
        how = "" if self.interpolation == "nearest" else f", {self.interpolation}"
        fill = f", {self.outside} outside" if self.outside else ""
        return f"Mask({size_text(self.size)}, {kind}, {low}..{high}{in_millimetres(self.spacing)}{how}{fill})"


def demand_room(owner: str, labels: Sequence[int], dtype: torch.dtype) -> None:
    """Refuse labels that a dtype cannot hold, so that none wraps around; what is no dtype of labels `Mask` refuses.

    Args:
        owner: the item that makes the mask.
        labels: to be written.
        dtype: of the mask.

    Raises:
        ItemError: there is such a label.

    Examples:
        >>> demand_room("Heatmap", range(256), torch.uint8)
        >>> demand_room("Heatmap", range(257), torch.uint8)
        Traceback (most recent call last):
        leyden.errors.ItemError: Heatmap: would write label 256, and torch.uint8 ends at 255; give dtype=torch.int32
    """
    if dtype not in _KINDS or not labels:
        return
    limits, low, high = torch.iinfo(dtype), min(labels), max(labels)
    if high > limits.max:
        complain(owner, [f"would write label {high}, and {dtype} ends at {limits.max}; give dtype=torch.int32"])
    if low < limits.min:
        complain(owner, [f"would write label {low}, and {dtype} begins at {limits.min}; give dtype=torch.int32"])


def _outside_faults(label: object, kind: torch.dtype) -> list[str]:
    limits = torch.iinfo(kind)
    if isinstance(label, int) and limits.min <= label <= limits.max:
        return []
    return [f"wants outside one label of {kind}, {limits.min}..{limits.max}, got {label!r}; use a wider type for it"]
