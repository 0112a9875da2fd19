"""Boxes: axis-aligned regions of a grid, with what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias, final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.items.grid.affine import Size, size_text
from leyden.items.grid.move import Move
from leyden.items.item import Item, complain, grid_faults, settle
from leyden.items.mask import Mask

__all__ = ["Boxes", "Corners", "Name"]

Corners: TypeAlias = Float[Tensor, "box corners"]
"""One box a row: where it begins along each axis, then where it ends, both in axis order."""

Name: TypeAlias = str | int
"""What something is: a word, or the number of a class."""

_BEND = 9
"""Places along each edge of a box that is bent by a field; a lattice of its own is seldom finer over one object."""

_PLAIN = ("size", "labels", "rows")
"""Fields that lists are taken for, too."""


@final
@dataclass(frozen=True, eq=False, repr=False, slots=True)  # only a slot can stand in for the abstract property `size`
class Boxes(Item):
    """Boxes in pixels, one a row: `y x y x` or `z y x z y x`, first corner and last; no colour changes them.

    Corners are places of edges, where the centre of the first pixel is at 0: a box around the pixels 2 and 3 of an axis
    reaches from 1.5 to 3.5, one around a grid of n pixels from -0.5 to n - 0.5. Files count edges from the first
    edge instead, half a pixel earlier: that is `from_xyxy`.

    A move makes of a box the smallest one around the moved one. What it carries off the grid is kept; see `clipped`.

    Args:
        data: `box 2*axis`, real; no boxes at all is `torch.empty(0, 4)`. Not copied.
        size: the grid they live on, as that of the image beside them.
        labels: a name or number of a class a box, or none.
        rows: which of the boxes that were there at first each one is; 0, 1, 2, ... if left out.

    Raises:
        ItemError: shape, size, labels and rows do not fit together, or a box ends before it begins.

    Examples:
        >>> boxes = Boxes.from_xyxy(torch.tensor([[2.0, 0.0, 4.0, 3.0]]), (8, 8), labels=("cat",))
        >>> boxes, boxes.data
        (Boxes(1 on 8 x 8, float32, cat), tensor([[-0.5000,  1.5000,  2.5000,  3.5000]]))
        >>> down = Move(((1.0, 0.0, 7.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (8, 8), (8, 8))
        >>> boxes.warp(down).clipped().to_xyxy(), boxes.warp(down).clipped(min_visible=0.5).rows
        (tensor([[2., 7., 4., 8.]]), ())
    """

    data: Corners
    size: Size  # pyright: ignore[reportIncompatibleMethodOverride]
    labels: tuple[Name, ...] = ()
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Boxes", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        settle(self, _PLAIN)
        complain("Boxes", self._faults())
        if not self.rows:
            object.__setattr__(self, "rows", tuple(range(len(self.data))))

    def _faults(self) -> list[str]:
        faults: list[str] = []
        if not self.data.is_floating_point():
            faults.append(f"wants real numbers, got {self.data.dtype}; use data.float()")
        faults += grid_faults(self)
        if self.data.ndim != 2 or self.data.shape[1] != 2 * len(self.size):
            wanted = 2 * len(self.size)
            faults.append(f"wants one row of {wanted} places a box, got shape {tuple(self.data.shape)}")
            return faults
        wrong = (~(self.first <= self.last).all(1)).nonzero().squeeze(1).tolist()
        if wrong:
            faults.append(
                f"boxes {wrong} end before they begin, or are NaN; give the first corner, then the last, in axis order"
            )
        for name, given in (("labels", self.labels), ("rows", self.rows)):
            if len(given) not in (0, len(self.data)):
                faults.append(f"{len(given)} {name} for {len(self.data)} boxes; give one a box or none")
        return faults

    @staticmethod
    def from_xyxy(data: Corners, size: Size, *, labels: tuple[Name, ...] = ()) -> "Boxes":
        """Give boxes written as `x y x y` (or `x y z x y z`), edges counted from the first edge of the grid.

        So 0 is where the first pixel begins and n where the last one ends; each place here is half a pixel less.

        Args:
            data: one box a row, real.
            size: the grid, in axis order.
            labels: a name or number a box, or none.

        Source:
            The convention of torchvision.ops (xyxy, 0 <= x <= width), Pascal VOC's as COCO's tools read it, and
            albumentations' `pascal_voc`.
        """
        axes = _axes_of(data, size)
        return Boxes(torch.cat((data[:, :axes].flip(1), data[:, axes:].flip(1)), 1) - 0.5, size, labels)

    @staticmethod
    def from_xywh(data: Corners, size: Size, *, labels: tuple[Name, ...] = ()) -> "Boxes":
        """Give boxes written as first corner and lengths, `x y w h` (or `x y z w h d`), edges counted as `from_xyxy`.

        Args:
            data: one box a row, real.
            size: the grid, in axis order.
            labels: a name or number a box, or none.

        Source:
            The `bbox` of COCO.
        """
        axes = _axes_of(data, size)
        start, lengths = data[:, :axes], data[:, axes:]
        return Boxes.from_xyxy(torch.cat((start, start + lengths), 1), size, labels=labels)

    @staticmethod
    def of_mask(mask: Mask) -> "Boxes":
        """Give the smallest box around the pixels of each label above 0, in the order of the labels, which name them.

        Args:
            mask: a label an object.

        Examples:
            >>> Boxes.of_mask(Mask(torch.tensor([[0, 0, 5], [0, 0, 5], [0, 0, 0]]))).to_xyxy()
            tensor([[2., 0., 3., 2.]])
        """
        labels, rows = [label for label in mask.data.unique().tolist() if label > 0], list[list[float]]()
        for label in labels:
            places = (mask.data == label).nonzero()
            first, last = places.amin(0), places.amax(0)
            rows.append([*(first - 0.5).tolist(), *(last + 0.5).tolist()])
        data = torch.tensor(rows, dtype=torch.float32, device=mask.data.device).view(-1, 2 * len(mask.size))
        return Boxes(data, mask.size, tuple(labels))

    @property
    def first(self) -> Float[Tensor, "box axis"]:
        """Where boxes begin along each axis."""
        return self.data[:, : len(self.size)]

    @property
    def last(self) -> Float[Tensor, "box axis"]:
        """Where boxes end along each axis."""
        return self.data[:, len(self.size) :]

    @property
    def areas(self) -> Float[Tensor, "box"]:
        """How much each box covers, in pixels (voxels), whether on the grid or off it."""
        return (self.last - self.first).prod(1)

    def to_xyxy(self) -> Corners:
        """Give what `from_xyxy` takes."""
        return torch.cat((self.first.flip(1), self.last.flip(1)), 1) + 0.5

    def to_xywh(self) -> Corners:
        """Give what `from_xywh` takes."""
        return torch.cat((self.first.flip(1) + 0.5, (self.last - self.first).flip(1)), 1)

    def warp(self, move: Move) -> "Boxes":
        """Give the smallest boxes around the moved ones; a field bends their edges, of which places are followed."""
        parts = torch.tensor(_lattice(len(self.size), _BEND if move.fields else 2), device=self.data.device)
        places = self.first[:, None] + parts.to(self.data.dtype) * (self.last - self.first)[:, None]
        moved = move.points(places.flatten(0, 1)).view(places.shape)
        return Boxes(torch.cat((moved.amin(1), moved.amax(1)), 1), move.new_size, self.labels, self.rows)

    def take(self, places: Sequence[int]) -> "Boxes":
        """Give some of the boxes, with their labels and rows.

        Args:
            places: which, counted from 0, in the order wanted.
        """
        labels = tuple(self.labels[place] for place in places) if self.labels else ()
        return Boxes(self.data[list(places)], self.size, labels, tuple(self.rows[place] for place in places))

    def clipped(self, *, min_area: float = 0.0, min_visible: float = 0.0) -> "Boxes":
        """Give the boxes cut off at the edge of the grid, without those of which too little is left.

        What is left of nothing is dropped always; `rows` tells which boxes stayed, and so which did not.

        Args:
            min_area: least that must be left, in pixels (voxels).
            min_visible: least share that must be left, 0..1.
        """
        edge = torch.tensor(self.size, dtype=self.data.dtype, device=self.data.device) - 0.5
        first, last = (torch.minimum(corner.clamp(min=-0.5), edge) for corner in (self.first, self.last))
        left = (last - first).prod(1)
        stays = (left > 0) & (left >= min_area) & (left >= min_visible * self.areas)
        cut = Boxes(torch.cat((first, last), 1), self.size, self.labels, self.rows)
        return cut.take(stays.nonzero().squeeze(1).tolist())

    def __repr__(self) -> str:
        named = f", {' '.join(map(str, self.labels))}" if self.labels else ""
        kind = str(self.data.dtype).removeprefix("torch.")
        return f"Boxes({len(self.data)} on {size_text(self.size)}, {kind}{named})"


def _axes_of(data: object, size: Size) -> int:
    """Give how many axes there are, if boxes come as rows with two numbers an axis."""
    axes = len(size)
    if not isinstance(data, Tensor):
        complain("Boxes", [f"wants a tensor, got {type(data).__name__}; use torch.as_tensor"])
    elif data.ndim != 2 or data.shape[1] != 2 * axes:
        shape = tuple(data.shape)
        complain("Boxes", [f"wants one row of {2 * axes} places a box, got shape {shape}; data.view(-1, {2 * axes})?"])
    return axes


@cache
def _lattice(axes: int, count: int) -> list[tuple[float, ...]]:
    """List evenly spread places on the surface of a box of side 1."""
    marks = [place / (count - 1) for place in range(count)]
    return [place for place in product(marks, repeat=axes) if not {0.0, 1.0}.isdisjoint(place)]
