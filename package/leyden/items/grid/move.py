"""One move of a grid onto another, as every item of a sample is handed it."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import inf
from typing import Literal, TypeAlias, final

import torch
from torch import Tensor

from leyden.errors import DrawError
from leyden.items.grid.affine import (
    HORIZON,
    Affine,
    Size,
    compose,
    determinant,
    identity,
    invert,
    is_affine,
    is_exact,
    size_text,
    tangent,
)  # fmt: skip
from leyden.items.grid.field import Field
from leyden.items.grid.places import bend, carry, dense_places, straighten, straighten_all, transform
from leyden.items.grid.prefilter import footprint, span
from leyden.types import Points

__all__ = ["Bend", "BorderMode", "Interpolation", "LabelInterpolation", "Move", "Reading"]

BorderMode: TypeAlias = Literal["zeros", "border", "reflection"]
"""What an image shows outside its grid, that is more than half a pixel beyond its outermost pixel centres.

`zeros`: 0. `border`: the nearest pixel. `reflection`: the picture mirrored at its edge, the edge pixel twice.
"""

Interpolation: TypeAlias = Literal["linear", "cubic", "nearest"]
"""How a value between pixel centres is found.

`linear`: from its neighbours, averaged over what each new pixel covers where the move shrinks. `cubic`: from two
neighbours on either side along each axis, averaged likewise; sharper, and about ten times as dear. Beside an edge it
overshoots by up to 7 % of the step an axis; bytes and other integers are cut to what they hold. `nearest`: as its
nearest neighbour, whole. The edge pixel reaches half a pixel beyond its centre, however it is read.

`cubic` is Keys' convolution with a = -1/2 (1981, Cubic convolution interpolation for digital image processing): the one
that gives ramps and parabolas back as they are. Pillow's is the same; OpenCV's and torch's own take a = -3/4.
"""

LabelInterpolation: TypeAlias = Literal["nearest", "vote"]
"""How a label between pixel centres is found, so that no label is invented.

`nearest`: that of the nearest pixel. `vote`: the label that weighs most, where each pixel weighs what `linear` gives
it, so over all that a new pixel covers where the move shrinks; as if each label were an image, read linearly, and the
highest of them taken. Outlines come out smoother and nearer to the truth. But corners are rounded and what is less than
about three new pixels across shrinks or vanishes, where `nearest` keeps its area on average. Places are counted in
1/256 of a pixel, so that equal weights are equal: then the label of the heaviest single pixel wins, which is the
nearest, and of equally heavy ones the smallest label.

Source: Schaerer, Roche and Belaroussi 2014, A generic interpolator for multi-label images (in ITK
`LabelImageGenericInterpolateImageFunction`, in ANTs `GenericLabel`), with linear weights.
"""

Reading: TypeAlias = Literal[Interpolation, LabelInterpolation]
"""How anything between pixel centres is found."""

Bend: TypeAlias = Literal["last", "first"]
"""Where fields act: over the new grid after the matrix, or over the old grid before it, as on the way back."""


@final
@dataclass(frozen=True)
class Move:
    """A map of places, the grid it starts from and the grid it ends on.

    An old place x goes to the new place p with p + u(p) = matrix(x), where u adds up the fields over the new grid.

    Args:
        matrix: from old places to new ones, in pixels and axis order; with any last row it is a perspective.
        size: the grid an item lives on before.
        new_size: the grid it lives on after.
        border: what images show outside the old grid.
        fields: smooth displacements, none of which may fold the grid.
        bend: `last` as said above; `first` for the way back: x goes to matrix(x + u(x)), fields over the old grid.

    Raises:
        DrawError: matrix and sizes disagree on the number of axes, or it is not two or three.

    Examples:
        >>> right = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 2.0), (0.0, 0.0, 1.0)), (4, 4), (4, 4))
        >>> right.points(torch.tensor([[1.0, 1.0]]))
        tensor([[1., 3.]])
        >>> right.reversed().points(torch.tensor([[1.0, 3.0]]))
        tensor([[1., 1.]])
    """

    matrix: Affine
    size: Size
    new_size: Size
    border: BorderMode = "reflection"
    fields: tuple[Field, ...] = ()
    bend: Bend = "last"

    def __post_init__(self) -> None:
        axes = len(self.size)
        if not 2 <= axes <= 3 or not axes == len(self.new_size) == len(self.matrix) - 1:
            raise DrawError(
                f"a move of a {size_text(self.size)} grid onto {size_text(self.new_size)} with a matrix of "
                f"{len(self.matrix)} rows; give two or three axes everywhere and one row more"
            )
        if any(len(field.control) != axes for field in self.fields):
            raise DrawError(f"a field of {[len(field.control) for field in self.fields]} axes over {axes}")

    @cached_property
    def back(self) -> Affine:
        """The matrix from new places to old ones, fields aside."""
        return invert(self.matrix)

    @property
    def is_idle(self) -> bool:
        """Whether everything stays where it is."""
        return not self.fields and self.size == self.new_size and self.matrix == identity(len(self.size))

    @property
    def is_exact(self) -> bool:
        """Whether pixels can be copied bit for bit: flips, right angles and whole-pixel shifts."""
        return not self.fields and is_exact(self.back)

    @property
    def mirrors(self) -> bool:
        """Whether left becomes right; the same everywhere in front of the horizon, and no field changes it."""
        return determinant(self.matrix) < 0

    @cached_property
    def footprint(self) -> tuple[float, ...]:
        """How many old pixels a new one covers along each old axis, in the middle of the new grid, fields aside."""
        return footprint(tangent(self.back, tuple((count - 1) / 2 for count in self.new_size)))

    def points(self, points: Points) -> Points:
        """Give where places go, of the same dtype; computed in double precision.

        Raises:
            DrawError: a field folds the grid.
        """
        there = points.double()
        if not self.fields:
            there = transform(there, self.matrix)
        elif self.bend == "last":
            there = straighten(transform(there, self.matrix), self.fields, size=self.new_size)
        else:
            there = transform(bend(there, self.fields, size=self.size), self.matrix)
        return there.to(points.dtype)

    def points_back(self, points: Points) -> Points:
        """Give where new places come from, of the same dtype; computed in double precision.

        Raises:
            DrawError: a field folds the grid.
        """
        return self.reversed().points(points)

    def reversed(self) -> "Move":
        """Give the move from the new grid to the old one; what this one cut off comes back as zeros."""
        bend: Bend = "first" if self.bend == "last" else "last"
        return Move(self.back, self.new_size, self.size, "zeros", self.fields, bend)

    def window(self, start: Size, size: Size) -> "Move":
        """Give the same move, computing only a window of its new grid.

        Args:
            start: the first pixel of the window along each axis.
            size: its pixels along each axis.

        Raises:
            DrawError: the window does not lie on the new grid.
        """
        if any(a < 0 or n < 0 or a + n > all_ for a, n, all_ in zip(start, size, self.new_size, strict=True)):
            raise DrawError(f"a window of {size_text(size)} at {start} on a grid of {size_text(self.new_size)}")
        fields = self.fields
        if self.bend == "last":
            fields = tuple(field.window(start, self.new_size) for field in fields)
        matrix = compose(self.matrix, _shift(tuple(-first for first in start)))
        return replace(self, matrix=matrix, new_size=size, fields=fields)

    @cached_property
    def focus(self) -> tuple[Size, "Move"]:
        """The first pixels of the part of the old grid that is looked at, and the same move from that part alone.

        It is the whole grid, and the move itself, where nothing would be saved.
        """
        return self._seen_with(1)

    @cached_property
    def cubic_focus(self) -> tuple[Size, "Move"]:
        """The same for cubic reading, which looks one pixel farther."""
        return self._seen_with(2)

    def _seen_with(self, neighbours: int) -> tuple[Size, "Move"]:
        spans = [
            span(low, high, count=count, width=width, neighbours=neighbours)
            for (low, high), count, width in zip(self.sight, self.size, self.footprint, strict=True)
        ]
        starts, lengths = tuple(first for first, _ in spans), tuple(last - first for first, last in spans)
        if lengths == self.size:
            return starts, self
        fields = self.fields
        if self.bend == "first":
            fields = tuple(field.window(starts, self.size) for field in fields)
        part = Move(compose(_shift(starts), self.matrix), lengths, self.new_size, self.border, fields, self.bend)
        # what is known already and costs microseconds that a picture feels
        *rows, last = self.back
        back = [
            tuple(entry - start * end for entry, end in zip(row, last, strict=True))
            for row, start in zip(rows, starts, strict=True)
        ]
        sight = [(low - start, high - start) for (low, high), start in zip(self.sight, starts, strict=True)]
        vars(part).update(back=(*back, last), footprint=self.footprint, sight=sight)
        return starts, part

    def places(self, dtype: torch.dtype = torch.float64) -> Tensor:
        """Give the old place that each new pixel reads, in pixels; made once a dtype.

        Args:
            dtype: float32 or float64.

        Returns:
            `axis *new_space`.
        """
        return self._made(dtype, torch.device("cpu"), edges=False)

    def grid(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        """Give where each new pixel reads, as `torch.nn.functional.grid_sample` wants it; made once a dtype.

        Args:
            dtype: float32 or float64.
            device: where the image lives.

        Returns:
            `1 *new_space axis`, -1 and 1 at the outer edges of the old grid, the last spatial axis first.
        """
        return self._made(dtype, device, edges=True).movedim(0, -1).unsqueeze(0)

    @cached_property
    def sight(self) -> list[tuple[float, float]]:
        """The least and the largest place along each old axis that a new pixel reads; infinite beyond the horizon."""
        ends = [(0.0, float(max(0, count - 1))) for count in self.new_size]
        if self.bend == "last":
            ends = _widened(ends, self.fields, self.new_size, 1)
        *rows, last = self.back
        seen = [_ends(row, ends) for row in rows]
        if not is_affine(self.back):
            if _ends(last, ends)[0] <= HORIZON:
                return [(-inf, inf)] * len(rows)
            corners = [carry(corner, self.back) for corner in product(*ends)]
            seen = [(min(along), max(along)) for along in zip(*corners, strict=True)]
        return _widened(seen, self.fields, self.size, -1) if self.bend == "first" else seen

    @property
    def reach(self) -> float:
        """How far from the first old pixel the farthest place lies that a new pixel reads; for a backend's limits."""
        return max(max(-low, high) for low, high in self.sight)

    def _made(self, dtype: torch.dtype, device: torch.device, *, edges: bool) -> Tensor:
        key = (dtype, device, edges)
        if key not in self._dense:
            self._dense[key] = self._edge_places(dtype, device) if edges else self._pixel_places(dtype)
        return self._dense[key]

    @cached_property
    def _dense(self) -> dict[tuple[torch.dtype, torch.device, bool], Tensor]:
        return {}

    def _pixel_places(self, dtype: torch.dtype) -> Tensor:
        ahead = self.fields if self.bend == "last" else ()
        rows = self.back[:-1] if is_affine(self.back) else self.back
        places = _divided(dense_places(rows, self.new_size, fields=ahead, dtype=dtype), len(self.size))
        return places if ahead or not self.fields else straighten_all(places, self.fields, size=self.size)

    def _edge_places(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        if self.fields and self.bend == "first":
            lengths = torch.tensor(self.size, dtype=dtype).view(-1, *(1 for _ in self.size))
            return ((2 * self._pixel_places(dtype) + 1) / lengths - 1).flip(0).to(device)
        *back, last = self.back
        rows = [
            tuple(2 / count * entry + (1 / count - 1) * end for entry, end in zip(row, last, strict=True))
            for row, count in zip(back, self.size, strict=True)
        ][::-1]
        if not is_affine(self.back):
            rows.append(last)
        planes = dense_places(tuple(rows), self.new_size, fields=self.fields, dtype=dtype, device=device)
        return _divided(planes, len(self.size))


def _widened(
    ends: list[tuple[float, float]], fields: tuple[Field, ...], size: Size, sign: int
) -> list[tuple[float, float]]:
    """Give the ranges reached with the displacement of fields added, or taken away where `sign` is -1."""
    for field in fields:
        bounds = [sorted((sign * low, sign * high)) for low, high in field.seen(size).tolist()]
        ends = [(low + least, high + most) for (low, high), (least, most) in zip(ends, bounds, strict=True)]
    return ends


def _ends(row: tuple[float, ...], ends: list[tuple[float, float]]) -> tuple[float, float]:
    """Give the least and the largest sum of a row over a box of places."""
    low = high = row[-1]
    for factor, (least, most) in zip(row, ends, strict=False):
        one, other = factor * least, factor * most
        low, high = (low + one, high + other) if factor > 0 else (low + other, high + one)
    return low, high


def _divided(planes: Tensor, axes: int) -> Tensor:
    """Divide by the last row's plane, if there is one."""
    return planes if len(planes) == axes else planes[:-1] / planes[-1:].clamp_min(HORIZON)


def _shift(distances: tuple[float, ...]) -> Affine:
    *rows, last = identity(len(distances))
    return (*((*row[:-1], float(distance)) for row, distance in zip(rows, distances, strict=True)), last)
