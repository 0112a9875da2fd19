"""Polygons: outlines of objects, as corners in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import final

import torch
from torch import Tensor

from leyden.items.boxes import Boxes, Name
from leyden.items.grid.affine import Size, size_text
from leyden.items.grid.move import Move
from leyden.items.item import Item, complain, grid_faults, settle
from leyden.items.mask import Mask, demand_room
from leyden.types import Points

__all__ = ["Polygon"]

_PIECE = 4.0
"""Pixels; edges that a field bends are followed in pieces no longer, within which fields hardly turn."""

_FLAT = 1e-3
"""Pixels that the corners of a ring in a slice may differ in depth, for rounding."""

_PLAIN = ("size", "rings", "objects", "labels", "rows")
"""Fields that lists are taken for, too."""


@final
@dataclass(frozen=True, eq=False, repr=False, slots=True)  # only a slot can stand in for the abstract property `size`
class Polygon(Item):
    """Outlines in pixels, in axis order (`y x` or `z y x`); the centre of the first pixel is at 0.

    Each object has one ring or more, each of which closes by itself. A place is in an object if it lies in an odd
    number of its rings, so that a ring within a ring is a hole, and rings beside each other are parts. What a move
    carries off the grid is kept; see `clipped`. In a volume rings are outlines in slices, as radiologists draw them.

    Args:
        data: `point axis`, real: the corners of all rings, one ring after the other. Not copied.
        size: the grid they live on, as that of the image beside them.
        rings: how many corners each ring has, at least 3; one ring of all if left out.
        objects: which object each ring belongs to, 0, 1, 2, ...; each to its own if left out.
        labels: a name or number of a class an object, or none.
        rows: which of the objects that were there at first each one is; 0, 1, 2, ... if left out.

    Raises:
        ItemError: shape, size, rings, objects, labels and rows do not fit together.

    Examples:
        >>> square = torch.tensor([[0.5, 0.5], [0.5, 2.5], [2.5, 2.5], [2.5, 0.5]])
        >>> polygon = Polygon(square, (4, 4), labels=("cat",))
        >>> polygon, polygon.to_mask().data.tolist()
        (Polygon(1 on 4 x 4, float32, cat), [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]])
    """

    data: Points
    size: Size  # pyright: ignore[reportIncompatibleMethodOverride]
    rings: tuple[int, ...] = ()
    objects: tuple[int, ...] = ()
    labels: tuple[Name, ...] = ()
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Polygon", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        settle(self, _PLAIN)
        if not self.rings and len(self.data):
            object.__setattr__(self, "rings", (len(self.data),))
        if not self.objects:
            object.__setattr__(self, "objects", tuple(range(len(self.rings))))
        if not self.rows:
            object.__setattr__(self, "rows", tuple(range(len(set(self.objects)))))
        complain("Polygon", self._faults())

    def _faults(self) -> list[str]:
        faults: list[str] = []
        if not self.data.is_floating_point():
            faults.append(f"wants real numbers, got {self.data.dtype}; use data.float()")
        elif not bool(self.data.isfinite().all()):
            faults.append("wants finite places, got NaN or infinity; an outline has no corner that is nowhere")
        faults += grid_faults(self)
        if self.data.ndim != 2 or self.data.shape[1] != len(self.size):
            faults.append(f"wants one row of {len(self.size)} places a corner, got shape {tuple(self.data.shape)}")
        elif sum(self.rings) != len(self.data) or any(count < 3 for count in self.rings):
            faults.append(f"rings of {self.rings} corners for {len(self.data)}; give at least 3 each, all together")
        count = len(set(self.objects))
        if len(self.objects) != len(self.rings) or set(self.objects) != set(range(count)):
            faults.append(f"objects {self.objects} for {len(self.rings)} rings; give one a ring, counted from 0 on")
        for name, given in (("labels", self.labels), ("rows", self.rows)):
            if len(given) not in (0, count):
                faults.append(f"{len(given)} {name} for {count} objects; give one an object or none")
        return faults

    @staticmethod
    def from_xy(
        rings: Sequence[Points], size: Size, *, objects: tuple[int, ...] = (), labels: tuple[Name, ...] = ()
    ) -> "Polygon":
        """Give rings written as `x y` (or `x y z`), counted from the first edge of the grid, not its first centre.

        So each place here is half a pixel less; see `Boxes.from_xyxy`.

        Args:
            rings: `point axis` each, at least one.
            size: the grid, in axis order.
            objects: which object each ring belongs to; each to its own if left out.
            labels: a name or number an object, or none.

        Source:
            The `segmentation` of COCO, each list of numbers as rows of two.
        """
        if not rings:
            complain("Polygon", ["wants at least one ring; Polygon(torch.empty(0, 2), size) has none"])
        if not all(isinstance(ring, Tensor) and ring.ndim == 2 and ring.shape[1] == len(size) for ring in rings):
            row = " ".join("xyz"[: len(size)])
            complain(
                "Polygon", [f"wants rings as tensors of rows {row}; of a flat list: torch.tensor(flat).view(-1, 2)"]
            )
        return Polygon(torch.cat(list(rings)).flip(1) - 0.5, size, tuple(map(len, rings)), objects, labels)

    def split(self) -> list[Points]:
        """List the corners of each ring."""
        return list(self.data.split(list(self.rings)))

    def boxes(self) -> Boxes:
        """Give the smallest box around each object, with its label and row."""
        rings, corners = self.split(), list[Tensor]()
        for number in range(len(self.rows)):
            own = torch.cat(list(compress(rings, (each == number for each in self.objects))))
            corners.append(torch.cat((own.amin(0), own.amax(0))))
        data = torch.stack(corners) if corners else self.data.new_empty(0, 2 * len(self.size))
        return Boxes(data, self.size, self.labels, self.rows)

    def to_mask(self, values: tuple[int, ...] = (), *, dtype: torch.dtype = torch.uint8) -> Mask:
        """Give the pixels whose centres lie in each object; a later object covers earlier ones.

        Args:
            values: what to write, one an object; 1, 2, 3, ... if left out.
            dtype: of the mask.

        Raises:
            ItemError: another number of values than of objects, a value that the dtype cannot hold, or a ring in a
                volume that does not lie in a slice.
        """
        values = values or tuple(range(1, len(self.rows) + 1))
        if len(values) != len(self.rows):
            complain("Polygon", [f"{len(values)} values for {len(self.rows)} objects; give one an object or none"])
        demand_room("Polygon", values, dtype)
        mask = torch.zeros(self.size, dtype=dtype)
        rings = [ring.detach().cpu().double() for ring in self.split()]
        for number, value in enumerate(values):
            inside = torch.zeros(self.size, dtype=torch.bool)
            for ring in compress(rings, (each == number for each in self.objects)):
                if len(self.size) == 2:
                    inside ^= _parity(ring, self.size)
                elif 0 <= (depth := _depth(ring)) < self.size[0]:
                    inside[depth] ^= _parity(ring[:, 1:], self.size[1:])
            mask[inside] = value
        return Mask(mask.to(self.data.device))

    def warp(self, move: Move) -> "Polygon":
        """Give the outlines on the new grid; a field bends their edges, which get more corners for it."""
        if not move.fields:
            return self._of(move.points(self.data), self.rings, move.new_size)
        pieces = [_pieces(ring) for ring in self.split()]
        data = torch.cat(pieces) if pieces else self.data
        return self._of(move.points(data), tuple(map(len, pieces)), move.new_size)

    def clipped(self, *, min_area: float = 0.0, min_visible: float = 0.0) -> "Polygon":
        """Give the outlines cut off at the edge of the grid, without the objects of which too little is left.

        What is left of nothing is dropped always; `rows` tells which objects stayed, and so which did not.

        Args:
            min_area: least that must be left, in pixels, the areas of all rings of an object added up.
            min_visible: least share of it that must be left, 0..1.
        """
        old, cut = self.split(), [_cut(ring, self.size) for ring in self.split()]
        whole, left = [0.0] * len(self.rows), [0.0] * len(self.rows)
        for number, before, after in zip(self.objects, old, cut, strict=True):
            whole[number] += _area(before)
            left[number] += _area(after)
        stays = [rest > 0 and rest >= max(min_area, min_visible * all_) for rest, all_ in zip(left, whole, strict=True)]
        now = {number: place for place, number in enumerate(compress(range(len(stays)), stays))}
        kept = [
            (ring, now[number])
            for ring, number in zip(cut, self.objects, strict=True)
            if number in now and len(ring) > 2
        ]
        return Polygon(
            torch.cat([ring for ring, _ in kept]) if kept else self.data[:0],
            self.size,
            tuple(len(ring) for ring, _ in kept),
            tuple(number for _, number in kept),
            tuple(compress(self.labels, stays)),
            tuple(compress(self.rows, stays)),
        )

    def _of(self, data: Tensor, rings: tuple[int, ...], size: Size) -> "Polygon":
        return Polygon(data, size, rings, self.objects, self.labels, self.rows)

    def __repr__(self) -> str:
        named = f", {' '.join(map(str, self.labels))}" if self.labels else ""
        kind = str(self.data.dtype).removeprefix("torch.")
        return f"Polygon({len(self.rows)} on {size_text(self.size)}, {kind}{named})"


def _depth(ring: Tensor) -> int:
    """Give the slice that a ring lies in, the nearest."""
    low, high = ring[:, 0].min().item(), ring[:, 0].max().item()
    if high - low > _FLAT:
        complain(
            "Polygon",
            [f"a ring that reaches from slice {low:.4g} to {high:.4g} fills none; draw the mask first and move that"],
        )
    return int((low + high) / 2 + 0.5) if low > -0.5 else -1


def _parity(ring: Tensor, size: Size) -> Tensor:
    """Tell which pixel centres lie in a ring of a plane: an odd number of edges to their left crosses their row."""
    start, end = ring, ring.roll(-1, 0)
    height, width = size
    # rows y with low <= y < high, so that a corner on a row counts once
    first = torch.minimum(start[:, 0], end[:, 0]).ceil().clamp(0, height).long()
    last = torch.maximum(start[:, 0], end[:, 0]).ceil().clamp(0, height).long()
    edge = torch.arange(len(ring)).repeat_interleave(last - first)
    row = torch.arange(len(edge)) - ((last - first).cumsum(0) - (last - first))[edge] + first[edge]
    slope = (end[:, 1] - start[:, 1])[edge] / (end[:, 0] - start[:, 0])[edge]
    column = (start[edge, 1] + (row - start[edge, 0]) * slope).ceil().clamp(0, width).long()
    crossings = torch.zeros(height, width + 1, dtype=torch.int32)
    crossings.index_put_((row, column), torch.ones(len(row), dtype=torch.int32), accumulate=True)
    return crossings[:, :width].cumsum(1) % 2 == 1


def _pieces(ring: Tensor) -> Tensor:
    """Give a ring with corners added, so that no edge is longer than `_PIECE`."""
    reach = ring.roll(-1, 0) - ring
    counts = (reach.norm(dim=1) / _PIECE).ceil().clamp(min=1).long()
    edge = torch.arange(len(ring), device=ring.device).repeat_interleave(counts)
    part = torch.arange(len(edge), device=ring.device) - (counts.cumsum(0) - counts)[edge]
    return ring[edge] + reach[edge] * (part / counts[edge]).to(ring.dtype)[:, None]


def _cut(ring: Tensor, size: Size) -> Tensor:
    """Give what is left of a ring on a grid; nothing is an empty tensor.

    One edge of the grid after the other: Sutherland and Hodgman 1974, Reentrant polygon clipping.
    """
    for axis, count in enumerate(size):
        ring = _halved(ring, lambda places, axis=axis: places[:, axis] + 0.5)
        ring = _halved(ring, lambda places, axis=axis, count=count: count - 0.5 - places[:, axis])
    return ring


def _halved(ring: Tensor, room: Callable[[Tensor], Tensor]) -> Tensor:
    """Give what is left of a ring where `room`, linear in the place, is not below 0."""
    if not len(ring):
        return ring
    after = ring.roll(-1, 0)
    here, there = room(ring), room(after)
    crosses = (here < 0) != (there < 0)
    share = torch.where(crosses, here / torch.where(crosses, here - there, 1), 0)
    corners = torch.stack((ring + share[:, None] * (after - ring), after), 1)
    return corners[torch.stack((crosses, there >= 0), 1)]


def _area(ring: Tensor) -> float:
    """Give the area of a flat ring, in the plane or in space."""
    if len(ring) < 3:
        return 0.0
    flat = ring.double() if ring.shape[1] == 3 else torch.cat((ring.new_zeros(len(ring), 1), ring), 1).double()
    arms = flat - flat[0]  # from a corner, or far places would eat up the digits
    return 0.5 * torch.linalg.cross(arms, arms.roll(-1, 0)).sum(0).norm().item()
