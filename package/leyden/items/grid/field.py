"""Smooth and piecewise linear displacements of a grid, held as a few numbers."""

from dataclasses import dataclass, replace
from math import prod
from typing import Literal, TypeAlias, final

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy.typing import NDArray
from torch import Tensor

from leyden.errors import DrawError
from leyden.items.grid.affine import Size
from leyden.types import Points

__all__ = ["Control", "Field", "FieldKind"]

Control: TypeAlias = Float64[Tensor, "axis *lattice"]
"""A displacement along each axis at the points of a coarse lattice."""

FieldKind: TypeAlias = Literal["cubic", "linear"]
"""How a lattice becomes a displacement everywhere: `cubic` as a uniform cubic B-spline, `linear` between its points."""

_TAPS = {"cubic": 4, "linear": 2}

_Array: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Field:
    """A displacement u of every place p of a grid: what a move shows at p comes from p + u(p).

    The lattice spans the grid from outer edge to outer edge. `linear`: its points divide each axis into one cell less
    than there are points, the first and last lie on the edges. `cubic`: into three cells less, as one point more lies
    outside each edge and a spline of c cells has c + 3 points. Beyond the grid the displacement is that of its edge.

    A field must not fold: moves solve p + u(p) = place. `cubic` never does while every number stays below 0.48 (2-D)
    or 0.40 (3-D) of a cell; `linear` while neighbours differ by less than a half (2-D) or a third (3-D) of a cell.

    Args:
        control: `axis *lattice`, double precision; each a fraction of the grid's length along that axis. Not copied.
        kind: `cubic` or `linear`.
        start: for a window of a grid, the pixel it begins at along each axis; (0, ...) if not given.
        whole: for a window, the pixels of the grid it is cut from; the grid itself if not given.

    Raises:
        DrawError: not a lattice of two or three axes, too few points for the kind, or a number that is not finite.

    Source:
        Rueckert et al. 1999 (free-form deformation, eq. 3); bounds: Choi and Lee 2000, Injectivity conditions of 2D
        and 3D uniform cubic B-spline functions, theorem 1 (1 / K with K = 2.046 and 2.479).

    Examples:
        >>> right = Field(torch.tensor([0.0, 0.25], dtype=torch.float64).view(2, 1, 1).expand(2, 4, 4), "cubic")
        >>> right.at(torch.tensor([[1.0, 3.0]]), (8, 8))
        tensor([[0., 2.]])
    """

    control: Control
    kind: FieldKind = "cubic"
    start: Size = ()
    whole: Size = ()

    def __post_init__(self) -> None:
        shape, taps = tuple(self.control.shape), _TAPS.get(self.kind, 0)
        faults: list[str] = []
        if not taps:
            faults.append(f"kind is one of {tuple(_TAPS)}, got {self.kind!r}")
        if len(shape) not in (3, 4) or shape[0] != len(shape) - 1 or min(shape[1:]) < taps:
            faults.append(f"wants axis *lattice with {taps} or more points an axis, got {shape}")
        if self.control.dtype != torch.float64 or not self.control.isfinite().all():
            faults.append(f"wants finite numbers in double precision, got {self.control.dtype}")
        if faults:
            raise DrawError(f"Field: {'; '.join(faults)}")

    def window(self, start: Size, size: Size) -> "Field":
        """Give the field for a part of the grid.

        Args:
            start: its first pixel along each axis.
            size: the grid that this field is for.
        """
        before = self.start or (0,) * len(size)
        return replace(self, start=tuple(map(sum, zip(before, start, strict=True))), whole=self.whole or size)

    def at(self, points: Points, size: Size) -> Points:
        """Give the displacement of places in pixels, in their dtype; computed in double precision.

        Args:
            points: `point axis`, in pixels of the grid; beyond it the edge counts.
            size: the grid.
        """
        shift, _ = self.near(points.detach().double().cpu().numpy(), size)
        return torch.from_numpy(shift).to(points)

    def dense(
        self, size: Size, *, start: Size = (), window: Size = (), dtype: torch.dtype = torch.float32
    ) -> Float[Tensor, "axis *space"]:
        """Give the displacement of every pixel of a grid, or of a window of it, in pixels.

        Contracted axis after axis, so a voxel costs about as many products as the lattice has points along one axis.

        Args:
            size: the grid.
            start: the first pixel of the window; (0, ...) if not given.
            window: its size; the grid if not given.
            dtype: of the result, and of the arithmetic.
        """
        part, count = (self.window(start, size) if start else self), window or size
        if window and not start:
            part = self.window((0,) * len(size), size)
        return part.spread(np.eye(len(size)), count, axes=tuple(reversed(range(len(size)))), dtype=dtype)

    def spread(self, rows: _Array, size: Size, *, axes: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        """Give `lattice` with some of its axes brought from lattice points to pixels.

        Args:
            rows: `row axis`, the factor of each axis in each sum.
            size: the grid.
            axes: which, in this order.
            dtype: of the result, and of the arithmetic.
        """
        part = torch.from_numpy(self.lattice(rows, size)).to(dtype)
        for axis in axes:
            before, points, after = part.shape[: 1 + axis], part.shape[1 + axis], part.shape[2 + axis :]
            basis = torch.from_numpy(self.basis(axis, size)).to(dtype)
            part = torch.matmul(basis, part.reshape(prod(before), points, prod(after)))
            part = part.view(*before, size[axis], *after)
        return part

    def lattice(self, rows: _Array, size: Size) -> _Array:
        """Give sums over the axes of the lattice in pixels: `row *lattice`.

        Args:
            rows: `row axis`, the factor of each axis in each sum; unit rows give the displacement itself.
            size: the grid.
        """
        return np.tensordot(rows * np.array(self.whole or size), self.control.numpy(), 1)

    def basis(self, axis: int, size: Size) -> _Array:
        """Give the weight of each lattice point at each pixel along one axis: `pixel point`; rows sum to 1."""
        first, weights, _ = self._weights(np.arange(float(size[axis])), axis, size)
        table = np.zeros((size[axis], self.control.shape[1 + axis]))
        np.put_along_axis(table, first[:, None] + np.arange(weights.shape[1]), weights, 1)
        return table

    def seen(self, size: Size) -> _Array:
        """Give the least and the largest displacement that a grid may show along each axis, in pixels: `axis 2`."""
        values = self.lattice(np.eye(len(size)), size)
        for axis, count in enumerate(size):
            ends, weights, _ = self._weights(np.array([0.0, max(0, count - 1)]), axis, size)
            values = values.take(range(ends[0], ends[1] + weights.shape[1]), 1 + axis)
        flat = values.reshape(len(size), -1)
        return np.stack((flat.min(1), flat.max(1)), 1)

    def near(self, places: _Array, size: Size) -> tuple[_Array, _Array]:
        """Give the displacement of places in pixels, and how it changes with the place.

        Args:
            places: `point axis`.
            size: the grid.

        Returns:
            `point axis` and `point axis axis`, the first axis of the two being the one that moves.
        """
        axes, taps = range(len(size)), np.arange(_TAPS[self.kind])
        parts = [self._weights(places[:, axis], axis, size) for axis in axes]
        # points last in memory: each sum over the taps is then a few long rows
        index = [
            (first + taps[:, None]).reshape(*(len(taps) if other == axis else 1 for other in axes), -1)
            for axis, (first, _, _) in enumerate(parts)
        ]
        shift, slopes = self.lattice(np.eye(len(size)), size)[:, *index], []
        for _, weights, steep in reversed(parts):
            slopes = [_contract(slope, weights.T) for slope in slopes]
            slopes.append(_contract(shift, steep.T))
            shift = _contract(shift, weights.T)
        return shift.T, np.stack(slopes[::-1], -1).swapaxes(0, 1)

    def slopes(self, places: _Array, size: Size) -> _Array:
        """Give how the displacement changes with the place, `point axis axis`: the second result of `near`."""
        return self.near(places, size)[1]

    def _weights(self, places: _Array, axis: int, size: Size) -> tuple[NDArray[np.intp], _Array, _Array]:
        """Give the first lattice point that counts at each place, the weights from there on, and their slopes."""
        start, whole = (self.start[axis], self.whole[axis]) if self.whole else (0, size[axis])
        taps = _TAPS[self.kind]
        cells = self.control.shape[1 + axis] - taps + 1
        free = (np.nan_to_num(places) + (start + 0.5)) * (cells / whole)
        held = free.clip(0, cells)
        first = np.minimum(held.astype(np.intp), cells - 1)
        f = held - first
        if taps == 2:
            weights, slopes = [1 - f, f], [-np.ones_like(f), np.ones_like(f)]
        else:
            g = 1 - f
            weights = [g**3 / 6, 2 / 3 - f * f * (2 - f) / 2, 2 / 3 - g * g * (2 - g) / 2, f**3 / 6]
            slopes = [-g * g / 2, f * (3 * f - 4) / 2, -g * (3 * g - 4) / 2, f * f / 2]
        inside = (held == free) * (cells / whole)
        return first, np.stack(weights, -1), np.stack(slopes, -1) * inside[:, None]


def _contract(block: _Array, weights: _Array) -> _Array:
    """Sum `axis *taps point` over the last taps, each with its weight, `tap point`."""
    first, *others = np.ascontiguousarray(weights)
    total = block[..., 0, :] * first
    for tap, weight in enumerate(others, start=1):
        total += block[..., tap, :] * weight
    return total
