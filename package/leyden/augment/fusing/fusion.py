"""What the steps of a draw come to: one map of places, then as few colour steps as possible."""

from dataclasses import dataclass, replace
from itertools import product
from math import isfinite
from typing import final

import torch
from torch import Tensor

from leyden.augment.fusing.line import About, Change, Line
from leyden.augment.fusing.weights import Channels
from leyden.errors import DrawError
from leyden.items import Affine, BorderMode, Move, Size
from leyden.items.grid import Field, compose, determinant, identity, size_text
from leyden.items.grid.affine import is_affine
from leyden.items.item import Relabel

__all__ = ["Fusion", "Relabelling"]

_FLAT = 1e-12
"""Maps that shrink an area or volume to less are refused; `leyden.items.grid.invert` has the same bound."""

_SAFE = {2: 0.48, 3: 0.40}
"""Parts of a cell that each point of a cubic lattice may move by at most; see `leyden.items.grid.Field`."""


@final
@dataclass(frozen=True)
class Relabelling:
    """A change of what labels mean, with the one that undoes it; both take a mask on the grid it then has.

    Args:
        do: gives a mask, or what is made of one.
        undo: gives the mask before, as far as there is a way back.
        ends: whether what `do` gives is no mask any more, so that none may follow.
    """

    do: Relabel
    undo: Relabel
    ends: bool = False


@final
@dataclass(frozen=True)
class Fusion:
    """The steps so far, fused; each method gives the fusion with one step more.

    Args:
        size: the grid of the sample.
        new_size: the grid after the steps so far.
        matrix: the map of places from the one to the other.
        border: what images show outside their grid.
        colours: changes of values, in order, of the image on its new grid.
        relabels: changes of labels, in order, of the masks on their new grid.
        fields: displacements of the new grid; they act at the end of the map, wherever their steps stand.
    """

    size: Size
    new_size: Size
    matrix: Affine
    border: BorderMode = "reflection"
    colours: tuple[Line | Change, ...] = ()
    relabels: tuple[Relabelling, ...] = ()
    fields: tuple[Field, ...] = ()

    @staticmethod
    def of(size: Size) -> "Fusion":
        """Give the fusion of no steps, for a grid."""
        return Fusion(size, size, identity(len(size)))

    def moved(self, matrix: Affine, new_size: Size) -> "Fusion":
        """Add a map from the grid after the steps so far to a new one.

        Raises:
            DrawError: the map flattens space, holds what is no finite number, or is a perspective whose horizon
                crosses the grid, so that it would fold.
        """
        fault = _fault(matrix, self.new_size)
        if fault:
            raise DrawError(f"the map {matrix} of a {size_text(self.new_size)} grid {fault}")
        joined = compose(self.matrix, matrix)
        return Fusion(self.size, new_size, joined, self.border, self.colours, self.relabels, self.fields)

    def bent(self, field: Field) -> "Fusion":
        """Add a displacement of the new grid, whatever maps follow.

        Raises:
            DrawError: it is for another number of axes, or could fold the grid together with those before.
        """
        axes = len(self.new_size)
        if len(field.control) != axes:
            raise DrawError(f"a field of {len(field.control)} axes over a grid of {size_text(self.new_size)}")
        strain = sum(map(_strain, (*self.fields, field)))
        if strain >= 1:
            raise DrawError(
                f"fields that could fold the grid: {100 * strain:.3g} % of what is safe for {axes} axes; "
                "lower their amounts or cells, or take fewer of them"
            )
        return replace(self, fields=(*self.fields, field))

    def bordered(self, border: BorderMode) -> "Fusion":
        """Set what images show outside their grid."""
        return replace(self, border=border)

    def scaled(self, scale: Channels, offset: Channels, about: About) -> "Fusion":
        """Add a linear colour step of the channels each for itself; neighbours become one."""
        return self.lined(Line.about(scale, offset, about))

    def lined(self, line: Line) -> "Fusion":
        """Add any linear colour step; neighbours become one."""
        last = self.colours[-1] if self.colours else None
        if isinstance(last, Line):
            return self._coloured(*self.colours[:-1], last.then(line))
        return self._coloured(*self.colours, line)

    def changed(self, change: Change) -> "Fusion":
        """Add a colour step that is not linear."""
        return self._coloured(*self.colours, change)

    def relabelled(self, change: Relabelling) -> "Fusion":
        """Add a change of labels.

        Raises:
            DrawError: the one before leaves no mask to change.
        """
        if self.relabels and self.relabels[-1].ends:
            raise DrawError("a label step behind one that leaves no mask, such as OneHot; put that one last")
        return replace(self, relabels=(*self.relabels, change))

    def _coloured(self, *colours: Line | Change) -> "Fusion":
        return Fusion(self.size, self.new_size, self.matrix, self.border, colours, self.relabels, self.fields)

    def move(self) -> Move:
        """Give the move that items make."""
        return Move(self.matrix, self.size, self.new_size, self.border, self.fields)

    def move_back(self) -> Move:
        """Give the move that undoes it; what the way there cut off comes back as zeros."""
        return self.move().reversed()


def _fault(matrix: Affine, size: Size) -> str:
    """Say what makes a map of a grid impossible; nothing if it is sound."""
    if not isfinite(sum(map(sum, matrix))):
        return "holds what is no finite number; check the parameters of the step"
    area = determinant(matrix)
    if abs(area) < _FLAT:
        return f"flattens space (determinant {area:g}); its rows must be independent"
    if not is_affine(matrix):
        corners = product(*((-0.5, count - 0.5) for count in size))
        depths = [
            sum(factor * place for factor, place in zip(matrix[-1], (*corner, 1.0), strict=True)) for corner in corners
        ]
        if min(depths) <= 0:
            return "folds it: its horizon crosses the grid; move the corners less"
    return ""


def _strain(field: Field) -> float:
    """Give how near a field is to folding: 0 for none, 1 where it could.

    Strains of fields add up. `cubic`: Choi and Lee's bound is a convex set of slopes. `linear`: rows of slopes that
    stay below 1 in sum keep the diagonal ahead (Gershgorin); stretching along an axis folds nothing.
    """
    axes, shape = len(field.control), field.control.shape[1:]
    if field.kind == "cubic":
        peaks = field.control.abs().flatten(1).amax(1).tolist()
        return max(peak * (count - 3) for peak, count in zip(peaks, shape, strict=True)) / _SAFE[axes]
    cells = [count - 1 for count in shape]
    slopes = torch.stack([_peaks(field.control, axis, count) for axis, count in enumerate(cells)], 1)
    return slopes.sum(1).max().item()


def _peaks(control: Tensor, axis: int, cells: int) -> Tensor:
    """Give, for each axis that a linear lattice moves along, its steepest slope from point to point of one axis."""
    slopes = control.diff(dim=1 + axis).flatten(1) * cells
    steepest = slopes.abs().amax(1)
    steepest[axis] = (-slopes[axis]).amax().clamp_min(0)
    return steepest
