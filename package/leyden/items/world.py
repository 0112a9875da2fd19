"""Where a grid lies in the world: how far apart its pixels are, and which place in millimetres each of them has."""

from itertools import chain, combinations, product
from math import fsum, hypot, isclose, isfinite
from numbers import Real
from operator import mul
from typing import TypeAlias

import torch

from leyden.items.grid.affine import Affine, Size, compose, determinant, identity, is_affine, tangent
from leyden.items.grid.move import Move
from leyden.items.grid.places import carry
from leyden.items.item import complain

__all__ = ["Spacing", "agreed", "followed", "gap", "in_millimetres", "metric_of", "spread", "steps_of"]

Spacing: TypeAlias = tuple[float, ...]
"""Millimetres from one pixel centre to the next along each axis, in axis order."""

_AGREE = 1e-3
"""Relative; files store spacing and affine in single precision, and rounded to microns."""


def agreed(name: str, size: Size, spacing: Spacing | None, affine: Affine | None) -> Spacing | None:
    """Give the spacing that an item was told, or that its affine has; None if it was told nothing.

    Args:
        name: the item's class, for the error.
        size: the grid of the item.
        spacing: in mm, axis order.
        affine: places in axis order to mm (x y, or x y z towards right, anterior, superior as in NIfTI).

    Raises:
        ItemError: one of them does not fit the grid, or the two disagree by more than a thousandth.
    """
    if spacing is None and affine is None:
        return None
    axes, faults = len(size), list[str]()
    if spacing is not None and not _is_spacing(spacing, axes):
        faults.append(f"wants a spacing of {axes} lengths above 0 in a tuple, in mm and axis order, got {spacing}")
    if affine is not None and not _is_affine(affine, axes):
        faults.append(
            f"wants an affine as a tuple of {axes + 1} tuples of {axes + 1} finite numbers, independent, the last "
            f"(0, ..., 0, 1), got {affine}; use tuple(map(tuple, matrix.tolist()))"
        )
    complain(name, faults)
    if affine is None:
        return spacing
    steps = steps_of(affine)
    if spacing is not None and not all(map(_alike, spacing, steps)):
        complain(name, [f"spacing {spacing} mm, but an affine of {steps} mm; give one of them, or both alike"])
    return spacing or steps


def steps_of(affine: Affine) -> Spacing:
    """Give how far one pixel along each axis leads, in mm.

    Examples:
        >>> steps_of(((0.0, 0.5, 9.0), (2.0, 0.0, 9.0), (0.0, 0.0, 1.0)))
        (2.0, 0.5)
    """
    return tuple(hypot(*column) for column in list(zip(*affine[:-1], strict=True))[:-1])


def spread(spacing: Spacing) -> Affine:
    """Give the affine of a grid that lies straight, its first pixel at 0 mm, with mm in the order of the axes.

    Examples:
        >>> spread((3.0, 0.5))
        ((3.0, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 1.0))
    """
    axes = len(spacing)
    rows = (tuple(step if row == column else 0.0 for column in range(axes + 1)) for row, step in enumerate(spacing))
    return (*rows, identity(axes)[-1])


def gap(size: Size, one: Affine, other: Affine) -> float:
    """Give how far two affines take a corner of a grid apart at most, in mm.

    Examples:
        >>> gap((4, 6), spread((2.0, 1.0)), spread((2.0, 1.5)))
        2.5
    """
    if one == other:
        return 0.0
    corners = [(*corner, 1) for corner in product(*((0, count - 1) for count in size))]
    apart = [[a - b for a, b in zip(row, rival, strict=True)] for row, rival in zip(one[:-1], other[:-1], strict=True)]
    return max(hypot(*(fsum(map(mul, row, corner)) for row in apart)) for corner in corners)


def metric_of(affine: Affine) -> tuple[float, ...]:
    """Give what tells lengths and angles on a grid, wherever it lies and whichever way it is turned.

    Nothing where pixels are squares or cubes, to a thousandth; else the mm along each axis where axes stand upright
    upon each other; else, of axes that lean, the rows of a symmetric matrix from the diagonal on: the root of the
    products of the steps along each two axes.

    Args:
        affine: places to mm.

    Examples:
        >>> metric_of(spread((2.0, 2.0))), metric_of(spread((3.0, 0.5)))
        ((), (3.0, 0.5))
        >>> leaning = ((1.0, 0.5, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
        >>> [round(number, 3) for number in metric_of(leaning)]
        [0.97, 0.243, 1.091]
    """
    steps, axes = steps_of(affine), len(affine) - 1
    columns = list(zip(*affine[:-1], strict=True))[:-1]
    products = [[fsum(map(mul, one, other)) for other in columns] for one in columns]
    pairs = combinations(range(axes), 2)
    if all(abs(products[one][other]) < _AGREE * steps[one] * steps[other] for one, other in pairs):
        return () if all(_alike(step, steps[0]) for step in steps) else steps
    squares, turn = torch.linalg.eigh(torch.tensor(products, dtype=torch.float64))
    root = turn @ squares.sqrt().diag() @ turn.T
    return tuple(root[row, column].item() for row in range(axes) for column in range(row, axes))


def followed(spacing: Spacing | None, affine: Affine | None, move: Move) -> tuple[Spacing | None, Affine | None]:
    """Give spacing and affine of the new grid of a move.

    A perspective has another scale at every place: what it has at the centre of the new grid counts. A field
    of displacements bends the picture, not the grid it is stored on: it is left out.

    Args:
        spacing: of the old grid, if known.
        affine: of the old grid, if known.
        move: from the old grid to the new one.
    """
    if spacing is None:
        return None, None
    back = _straight(move.back, move.new_size)
    if affine is not None:
        affine = compose(back, affine)
        return steps_of(affine), affine
    rows = [[step * entry for entry in row[:-1]] for step, row in zip(spacing, back, strict=False)]
    return tuple(hypot(*column) for column in zip(*rows, strict=True)), None


def in_millimetres(spacing: Spacing | None) -> str:
    """Write a spacing behind a comma; nothing if there is none.

    Examples:
        >>> in_millimetres((2.0, 0.5))
        ', 2 x 0.5 mm'
    """
    return "" if spacing is None else f", {' x '.join(f'{step:.4g}' for step in spacing)} mm"


def _straight(back: Affine, new_size: Size) -> Affine:
    """Give a map itself if it is affine, else the affine map that touches it at the centre of the new grid."""
    if is_affine(back):
        return back
    centre = tuple((count - 1) / 2 for count in new_size)
    pairs = zip(tangent(back, centre), carry(centre, back), strict=True)
    return (*((*row, goal - fsum(map(mul, row, centre))) for row, goal in pairs), identity(len(new_size))[-1])


def _is_spacing(spacing: Spacing, axes: int) -> bool:
    if not isinstance(spacing, tuple) or len(spacing) != axes:
        return False
    return all(isinstance(step, Real) and isfinite(step) and step > 0 for step in spacing)


def _is_affine(affine: Affine, axes: int) -> bool:
    if not isinstance(affine, tuple) or not all(isinstance(row, tuple) for row in affine):
        return False
    if len(affine) != axes + 1 or any(len(row) != axes + 1 for row in affine):
        return False
    if not all(isinstance(entry, Real) for entry in chain(*affine)):
        return False
    last = tuple(map(float, affine[-1]))
    independent = all(map(isfinite, chain(*affine))) and determinant(affine) != 0
    return independent and last == (*(0.0,) * axes, 1.0)


def _alike(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=_AGREE)
