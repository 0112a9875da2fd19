"""One move of a grid onto another, as every item of a sample is handed it."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, prod
from typing import Literal, TypeAlias, final

import torch
from torch import Tensor

from leyden.errors import DrawError
from leyden.items.grid.affine import Affine, Size, compose, determinant, identity, invert, size_text
from leyden.items.grid.prefilter import footprint
from leyden.types import Points

__all__ = ["BorderMode", "Move"]

BorderMode: TypeAlias = Literal["zeros", "border", "reflection"]
"""What an image shows outside its grid, that is more than half a pixel beyond its outermost pixel centres.

`zeros`: 0. `border`: the nearest pixel. `reflection`: the picture mirrored at its edge, the edge pixel twice.
"""


@final
@dataclass(frozen=True)
class Move:
    """A map of places, the grid it starts from and the grid it ends on.

    Args:
        matrix: from old places to new ones, in pixels and axis order.
        size: the grid an item lives on before.
        new_size: the grid it lives on after.
        border: what images show outside the old grid.

    Raises:
        DrawError: matrix and sizes disagree on the number of axes, or it is not two or three.

    Examples:
        >>> right = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 2.0), (0.0, 0.0, 1.0)), (4, 4), (4, 4))
        >>> right.points(torch.tensor([[1.0, 1.0]]))
        tensor([[1., 3.]])
    """

    matrix: Affine
    size: Size
    new_size: Size
    border: BorderMode = "reflection"

    def __post_init__(self) -> None:
        if not 2 <= len(self.size) <= 3 or not len(self.size) == len(self.new_size) == len(self.matrix) - 1:
            raise DrawError(
                f"a move of a {size_text(self.size)} grid onto {size_text(self.new_size)} with a matrix of "
                f"{len(self.matrix)} rows; give two or three axes everywhere and one row more"
            )

    @cached_property
    def back(self) -> Affine:
        """The map from new places to old ones."""
        return invert(self.matrix)

    @property
    def is_idle(self) -> bool:
        """Whether everything stays where it is."""
        return self.size == self.new_size and self.matrix == identity(len(self.size))

    @property
    def mirrors(self) -> bool:
        """Whether left becomes right."""
        return determinant(self.matrix) < 0

    def points(self, points: Points) -> Points:
        """Give where places go, of the same dtype; computed in double precision."""
        matrix = torch.tensor(self.matrix, dtype=torch.float64, device=points.device)
        moved = torch.addmm(matrix[:-1, -1], points.double(), matrix[:-1, :-1].T)
        return moved.to(points.dtype)

    def grid(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        """Give where each new pixel reads, as `torch.nn.functional.grid_sample` wants it; made once a dtype.

        Args:
            dtype: float32 or float64.
            device: where the image lives.

        Returns:
            `1 *new_space axis`, -1 and 1 at the outer edges of the old grid, the last spatial axis first.
        """
        key = (dtype, device)
        if key not in self._grids:
            self._grids[key] = self._make_grid(dtype, device)
        return self._grids[key]

    @cached_property
    def focus(self) -> tuple[Size, "Move"]:
        """The first pixels of the part of the old grid that is looked at, and the same move from that part alone.

        It is the whole grid, and the move itself, wherever less than half would be saved or the border comes into
        sight.
        """
        starts, lengths = [], []
        for count, width, (*row, shift) in zip(self.size, footprint(self.back), self.back, strict=False):
            ends = [factor * (new - 1) for factor, new in zip(row, self.new_size, strict=True)]
            margin = 2 * ceil(width) + 1  # what averaging and interpolation read around a place
            low = floor(shift + sum(end for end in ends if end < 0)) - margin
            high = ceil(shift + sum(end for end in ends if end > 0)) + margin
            seen = (low, high + 1) if low >= 0 and high < count else (0, count)
            starts.append(seen[0])
            lengths.append(seen[1] - seen[0])
        if 2 * prod(lengths) > prod(self.size):
            return (0,) * len(self.size), self
        *rows, last = identity(len(self.size))
        shifted = (*((*row[:-1], start) for row, start in zip(rows, starts, strict=True)), last)
        return tuple(starts), Move(compose(shifted, self.matrix), tuple(lengths), self.new_size, self.border)

    @cached_property
    def _grids(self) -> dict[tuple[torch.dtype, torch.device], Tensor]:
        return {}

    def _make_grid(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        # a quarter of the time of affine_grid, which multiplies matrices for what is a sum of lines; one plane an axis
        # in memory is as good to grid_sample and faster to write
        axes = len(self.size)
        planes = torch.empty((axes, *self.new_size), dtype=dtype, device=device)
        for axis, (length, row) in enumerate(zip(self.size, self.back, strict=False)):
            start, lines = (2 * row[-1] + 1) / length - 1, []
            for new_axis, count in enumerate(self.new_size):
                end = start + 2 * row[new_axis] / length * (count - 1)
                line = torch.linspace(start, end, count, dtype=dtype, device=device)
                lines.append(line.view(-1, *(1,) * (axes - 1 - new_axis)))
                start = 0.0
            torch.add(lines[0] if axes == 2 else lines[0] + lines[1], lines[-1], out=planes[axes - 1 - axis])
        return planes.movedim(0, -1).unsqueeze(0)
