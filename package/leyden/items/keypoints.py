"""Keypoints: places on a grid that keep their meaning when the grid moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Bool
from torch import Tensor

from leyden.items.grid.affine import Size, size_text
from leyden.items.grid.move import Move
from leyden.items.item import Item, complain, grid_faults, pair_faults, settle
from leyden.types import Points

__all__ = ["Keypoints"]

_PLAIN = ("size", "labels", "pairs", "rows")
"""Fields that lists are taken for, too."""


@final
@dataclass(frozen=True, eq=False, repr=False, slots=True)  # only a slot can stand in for the abstract property `size`
class Keypoints(Item):
    """Places in pixels, one a row, in axis order (`y x` or `z y x`); the centre of the first pixel is at 0.

    Points that a move carries off the grid are kept, with the places they have there; see `inside` and `clipped`.

    Args:
        data: `point axis`, real; no points at all is `torch.empty(0, 2)`. Not copied.
        size: the grid they live on, as that of the image beside them.
        labels: a name a point, or none.
        pairs: rows that change places when the picture is mirrored, such as (left eye, right eye).
        rows: which of the points that were there at first each one is; 0, 1, 2, ... if left out.

    Raises:
        ItemError: shape, size, labels, pairs and rows do not fit together.

    Examples:
        >>> eyes = Keypoints(torch.tensor([[3.0, 2.0], [3.0, 6.0]]), (8, 8), labels=("left", "right"), pairs=((0, 1),))
        >>> eyes
        Keypoints(2 on 8 x 8, float32, left right)
        >>> mirror = Move(((1.0, 0.0, 0.0), (0.0, -1.0, 7.0), (0.0, 0.0, 1.0)), (8, 8), (8, 8))
        >>> eyes.warp(mirror).data
        tensor([[3., 1.],
                [3., 5.]])
        >>> half = Move(((1.0, 0.0, 0.0), (0.0, 1.0, -4.0), (0.0, 0.0, 1.0)), (8, 8), (8, 4))
        >>> eyes.warp(half).clipped(), eyes.warp(half).clipped().rows
        (Keypoints(1 on 8 x 4, float32, right), (1,))
    """

    data: Points
    size: Size  # pyright: ignore[reportIncompatibleMethodOverride]
    labels: tuple[str, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Keypoints", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        settle(self, _PLAIN)
        complain("Keypoints", self._faults())
        if not self.rows:
            object.__setattr__(self, "rows", tuple(range(len(self.data))))

    def _faults(self) -> list[str]:
        faults: list[str] = []
        if not self.data.is_floating_point():
            faults.append(f"wants real numbers, got {self.data.dtype}; use data.float()")
        faults += grid_faults(self)
        if self.data.ndim != 2 or self.data.shape[1] != len(self.size):
            faults.append(f"wants one row of {len(self.size)} places a point, got shape {tuple(self.data.shape)}")
            return faults
        count = len(self.data)
        if len(self.labels) not in (0, count):
            faults.append(f"{len(self.labels)} labels for {count} points; give one a point or none")
        faults += pair_faults(self.pairs, count, "rows")
        if len(self.rows) not in (0, count):
            faults.append(f"{len(self.rows)} rows for {count} points; give one a point or none")
        return faults

    @property
    def inside(self) -> Bool[Tensor, "point"]:
        """Which points lie on the grid, up to its outer edge half a pixel outside the outermost centres."""
        edge = torch.tensor(self.size, dtype=self.data.dtype, device=self.data.device) - 0.5
        return ((self.data >= -0.5) & (self.data <= edge)).all(1)

    def warp(self, move: Move) -> "Keypoints":
        """Give the places after the move; to 1e-5 pixels and back again in double precision.

        Where the move mirrors, the rows of each pair change places: what is mirrored is no longer the left eye.
        """
        data = move.points(self.data)
        if self.pairs and move.mirrors:
            order = list(range(len(data)))
            for one, other in self.pairs:
                order[one], order[other] = other, one
            data = data[order]
        return replace(self, data=data, size=move.new_size)

    def take(self, places: Sequence[int]) -> "Keypoints":
        """Give some of the points, with their labels and rows, and the pairs of which both are among them.

        Args:
            places: which, counted from 0, in the order wanted, each at most once.
        """
        now = {place: new for new, place in enumerate(places)}
        pairs = ((now[one], now[other]) for one, other in self.pairs if one in now and other in now)
        return Keypoints(
            self.data[list(places)],
            self.size,
            labels=tuple(self.labels[place] for place in places) if self.labels else (),
            pairs=tuple(pairs),
            rows=tuple(self.rows[place] for place in places),
        )

    def clipped(self) -> "Keypoints":
        """Give the points that lie on the grid; `rows` tells which they are, and so which are not."""
        return self.take(self.inside.nonzero().squeeze(1).tolist())

    def __repr__(self) -> str:
        named = f", {' '.join(self.labels)}" if self.labels else ""
        kind = str(self.data.dtype).removeprefix("torch.")
        return f"Keypoints({len(self.data)} on {size_text(self.size)}, {kind}{named})"
