"""Where places go and where pixels read, through maps and fields: the mathematics of a move."""

from math import fsum
from operator import mul

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from leyden.errors import DrawError
from leyden.items.grid.affine import HORIZON, Affine, Size, is_affine, size_text
from leyden.items.grid.field import Field
from leyden.types import Points

__all__ = ["bend", "carry", "dense_places", "straighten", "straighten_all", "transform"]

_CLOSE = 1e-10
"""Pixels that a solved place may miss by, times its distance where that is more than `_FAR`, for rounding."""

_FAR = 1e4
"""Pixels; beyond a grid, where points behind the horizon of a perspective lie, double precision holds no 1e-10."""

_ROUNDS = 200
"""Steps of a solver. About 6 are taken; plain ones leave 0.89 of the miss at worst (0.36 / 0.403), 1e-10 after 200."""

_FLAT = 1e-6
"""Below this determinant a slope is of no use to Newton's method."""

_NEAR = 1e-3
"""Pixels that the last step of the dense inverse may still move a place."""

_PROCESSOR = torch.device("cpu")

_Array = NDArray[np.float64]


def transform(points: Tensor, matrix: Affine) -> Tensor:
    """Give where a map takes places of double precision; what lies behind its horizon goes very far away."""
    table = torch.tensor(matrix, dtype=torch.float64, device=points.device)
    moved = torch.addmm(table[:-1, -1], points, table[:-1, :-1].T)
    if is_affine(matrix):
        return moved
    return moved / torch.addmv(table[-1:, -1], points, table[-1, :-1]).clamp_min(HORIZON).unsqueeze(1)


def carry(place: tuple[float, ...], matrix: Affine) -> tuple[float, ...]:
    """Give where a map takes one place, as plain numbers."""
    at = (*place, 1.0)
    weight = max(HORIZON, fsum(map(mul, matrix[-1], at)))
    return tuple(fsum(map(mul, row, at)) / weight for row in matrix[:-1])


def bend(points: Points, fields: tuple[Field, ...], *, size: Size) -> Points:
    """Give p + u(p) for places of double precision on a grid."""
    moved = points
    for field in fields:
        moved = moved + field.at(points, size)
    return moved


def straighten(points: Points, fields: tuple[Field, ...], *, size: Size) -> Points:
    """Give the places p with p + u(p) at the given ones, to 1e-10 pixels, in double precision.

    Newton's method; where a step of it leads away, the plain one `p = goal - u(p)`, which always leads nearer.

    Raises:
        DrawError: the fields fold, so that a place is none or several.
    """
    goal = points.detach().cpu().numpy()
    place, best, kept = goal, goal, np.zeros_like(goal)
    least, miss, unit = np.full(len(goal), np.inf), np.zeros(len(goal)), np.eye(goal.shape[1])
    close = _CLOSE * np.maximum(1, np.abs(goal).max(1, initial=0) / _FAR)
    for _ in range(_ROUNDS):
        bends = [field.near(place, size) for field in fields]
        rest = goal - place - sum(shift for shift, _ in bends)
        miss = np.abs(rest).max(1, initial=0)
        if not (miss > close).any():
            return torch.from_numpy(place).to(points)
        worse = miss > least
        slope = unit + sum(slope for _, slope in bends)
        slope[np.abs(np.linalg.det(slope)) < _FLAT] = unit
        newton = place + np.linalg.solve(slope, rest[..., None])[..., 0]
        again = worse[:, None]
        best, kept = np.where(again, best, place), np.where(again, kept, rest)
        place, least = np.where(again, best + kept, newton), np.where(worse, np.inf, miss)
    raise DrawError(
        f"fields fold a grid of {size_text(size)}: no place is moved to {goal[miss > close][0].tolist()}; "
        "lower their amount"
    )


def dense_places(
    rows: Affine, size: Size, *, fields: tuple[Field, ...], dtype: torch.dtype, device: torch.device = _PROCESSOR
) -> Tensor:
    """Give `row *space`: the sum of each row over (p + u(p), 1) for every pixel p of a grid.

    One product of matrices: fields are contracted along the later axes first, the line of the map rides along as two
    more points of the lattice of the first axis.

    Args:
        rows: factors of each axis, and what is added.
        size: the grid.
        fields: whose displacements add up.
        dtype: of the result, and of the arithmetic.
        device: where the last and largest product is made.
    """
    table, (count, *rest) = np.array(rows), size
    lines = table[:, -1].reshape(-1, *(1 for _ in rest))
    for axis, length in enumerate(rest):
        steps = np.arange(length).reshape(-1, *(1 for _ in rest[axis + 1 :]))
        lines = lines + table[:, 1 + axis].reshape(-1, *(1 for _ in rest)) * steps
    slopes = np.broadcast_to(table[:, 0].reshape(-1, *(1 for _ in rest)), (len(table), *rest))
    spread = [torch.from_numpy(np.stack((lines + 0 * slopes, slopes), 1)).to(dtype).flatten(2)]
    bases = [np.stack((np.ones(count), np.arange(count)), 1)]
    for field in fields:
        later = tuple(range(len(size) - 1, 0, -1))
        spread.append(field.spread(table[:, :-1], size, axes=later, dtype=dtype).flatten(2))
        bases.append(field.basis(0, size))
    basis = torch.from_numpy(np.concatenate(bases, 1)).to(device, dtype)
    return torch.matmul(basis, torch.cat(spread, 1).to(device)).view(-1, *size)


def straighten_all(goal: Tensor, fields: tuple[Field, ...], *, size: Size) -> Tensor:
    """Give the places p with p + u(p) at every one of a grid of places.

    The displacement is read between pixels, so they are off by some hundredths of a pixel, and by a tenth or two only
    where a wild field nearly folds; `straighten` is exact.

    Args:
        goal: `axis *space`, in pixels of the grid that the fields lie over.
        fields: whose displacements add up.
        size: the grid that they lie over.

    Raises:
        DrawError: the fields fold.
    """
    shift = torch.zeros((), dtype=goal.dtype, device=goal.device)
    for field in fields:
        shift = shift + field.dense(size, dtype=goal.dtype).to(goal.device)
    if goal[0].numel() <= 2 * shift[0].numel():
        return _settled(goal, goal, shift)
    # the way back is as smooth as the field: found on the field's own grid, it is nearly right between its places
    lines = [torch.arange(count, dtype=goal.dtype, device=goal.device) for count in size]
    own = torch.stack(torch.meshgrid(*lines, indexing="ij"))
    return _settled(goal, goal + _read(_settled(own, own, shift) - own, goal), shift)


def _settled(goal: Tensor, place: Tensor, shift: Tensor) -> Tensor:
    """Give the places p with p + shift(p) at the goals, looked for from `place` on."""
    for _ in range(_ROUNDS):
        place, before = goal - _read(shift, place), place
        if not (place - before).abs_().amax() > _NEAR:
            return place
    raise DrawError(f"fields fold a grid of {size_text(tuple(shift.shape[1:]))}; lower their amount")


def _read(values: Tensor, places: Tensor) -> Tensor:
    """Give `axis *space` read between the pixels of a grid, at `axis *places`; beyond it, the edge value."""
    lengths = torch.tensor(values.shape[1:], dtype=places.dtype, device=places.device)
    edges = torch.empty((*places.shape[1:], len(places)), dtype=places.dtype, device=places.device)
    for axis, (line, length) in enumerate(zip(places, lengths, strict=True)):
        edges[..., -1 - axis] = (2 * line + 1) / length - 1
    read = functional.grid_sample(values.unsqueeze(0), edges.unsqueeze(0), padding_mode="border", align_corners=False)
    return read.squeeze(0)
