"""Affine and projective maps of pixel places, as plain numbers.

Convention of the whole house: a place is written in axis order (`y x` or `z y x`), in pixels, and the centre of the
first pixel is at 0; so a grid of n pixels reaches from -0.5 to n - 0.5 and its centre is (n - 1) / 2.

A map is homogeneous: a place x goes to the first rows' sums over (x, 1), divided by the last row's, which is 1
everywhere for an affine map. For a projective one (perspective) it is above 0 in front of the horizon, and only there a
place has a meaning.

Python numbers, not tensors: maps of three or four rows are composed faster than one tensor operation starts, in double
precision, and print exactly.
"""

from functools import cache
from math import fsum
from operator import mul
from typing import TypeAlias

from leyden.errors import DrawError

__all__ = [
    "HORIZON",
    "Affine",
    "Size",
    "compose",
    "determinant",
    "identity",
    "invert",
    "is_affine",
    "is_exact",
    "size_text",
    "tangent",
]

HORIZON = 1e-6
"""The last row's sum is taken for at least this: what lies at or behind the horizon is very far away instead."""

Affine: TypeAlias = tuple[tuple[float, ...], ...]
"""A homogeneous map of places: one row an axis, then the last row, (0, ..., 0, 1) unless the map is projective."""

Size: TypeAlias = tuple[int, ...]
"""How many pixels a grid has along each axis."""


@cache
def identity(axes: int) -> Affine:
    """Give the map that moves nothing.

    Args:
        axes: how many spatial axes.

    Examples:
        >>> identity(2)
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    return tuple(tuple(float(row == column) for column in range(axes + 1)) for row in range(axes + 1))


def is_affine(matrix: Affine) -> bool:
    """Tell whether a map keeps parallel lines parallel: its last row is (0, ..., 0, 1).

    Examples:
        >>> is_affine(((1.0, 0.0, 3.0), (0.0, 1.0, 0.0), (0.0, 0.001, 1.0)))
        False
    """
    return matrix[-1] == identity(len(matrix) - 1)[-1]


def is_exact(back: Affine) -> bool:
    """Tell whether a map from new places to old ones lands on pixel centres only.

    Each old axis must follow one new axis, forwards or backwards, by a whole number of pixels.

    Examples:
        >>> is_exact(((-1.0, 0.0, 63.0), (0.0, 1.0, 4.0), (0.0, 0.0, 1.0)))
        True
        >>> is_exact(((1.0, 0.0, 0.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
        False
    """
    for *row, shift in back[:-1]:
        if not float(shift).is_integer():
            return False
        if sorted(map(abs, row)) != [0.0] * (len(row) - 1) + [1.0]:
            return False
    return is_affine(back)


def compose(first: Affine, second: Affine) -> Affine:
    """Give the map that does `first` and then `second`.

    Examples:
        >>> right, double = ((1.0, 3.0), (0.0, 1.0)), ((2.0, 0.0), (0.0, 1.0))
        >>> compose(right, double)
        ((2.0, 6.0), (0.0, 1.0))
    """
    affine = is_affine(first) and is_affine(second)
    if affine and len(first) == 3:  # pictures take the short way: this runs once a step of every draw
        (a, b, c), (d, e, f), _ = first
        return (*((p * a + q * d, p * b + q * e, p * c + q * f + r) for p, q, r in second[:2]), first[2])
    columns = tuple(zip(*first, strict=True))
    # fsum rounds once, so the numbers are the same on every Python (3.12 changed sum)
    rows = (tuple(fsum(map(mul, row, column)) for column in columns) for row in (second[:-1] if affine else second))
    return (*rows, first[-1]) if affine else tuple(rows)


def determinant(matrix: Affine) -> float:
    """Give how much a map enlarges an area or volume; negative if it mirrors.

    Of a projective map only the sign has a meaning: it is the same everywhere in front of the horizon.

    Examples:
        >>> determinant(((0.0, 2.0, 5.0), (1.0, 0.0, 5.0), (0.0, 0.0, 1.0)))
        -2.0
    """
    if not is_affine(matrix):
        return _minor(matrix)
    if len(matrix) == 3:
        return matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0]
    return _minor(tuple(row[:-1] for row in matrix[:-1]))


def _minor(rows: Affine) -> float:
    """Give the determinant of a square of numbers, by its first row."""
    if len(rows) == 1:
        return rows[0][0]
    if len(rows) == 2:
        (a, b), (c, d) = rows
        return a * d - b * c
    return fsum(
        (-1) ** column * entry * _minor(tuple((*row[:column], *row[column + 1 :]) for row in rows[1:]))
        for column, entry in enumerate(rows[0])
        if entry
    )


def invert(matrix: Affine) -> Affine:
    """Give the map that leads back.

    Raises:
        DrawError: the map flattens space, so nothing leads back.

    Examples:
        >>> invert(((2.0, 0.0, 6.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
        ((0.5, 0.0, -3.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    size = determinant(matrix)
    if not abs(size) >= 1e-12:
        raise DrawError(f"the map {matrix} flattens space (determinant {size:g}); its rows must be independent")
    if not is_affine(matrix):
        return _adjugate(matrix, size)
    shift = tuple(row[-1] for row in matrix[:-1])
    linear = _adjugate(tuple(row[:-1] for row in matrix[:-1]), size)
    return (*((*row, 0.0 - fsum(map(mul, row, shift))) for row in linear), matrix[-1])


def _adjugate(rows: Affine, size: float) -> Affine:
    """Give the transposed cofactors of a square of numbers over its determinant: the inverse."""
    count = len(rows)
    if count == 2:
        (a, b), (c, d) = rows
        # + 0.0 turns -0.0 into 0.0, which prints and compares as people expect
        return ((d / size + 0.0, -b / size + 0.0), (-c / size + 0.0, a / size + 0.0))

    def cofactor(row: int, column: int) -> float:
        rest = (line for index, line in enumerate(rows) if index != row)
        return (-1) ** (row + column) * _minor(tuple((*line[:column], *line[column + 1 :]) for line in rest))

    return tuple(tuple(cofactor(row, column) / size + 0.0 for row in range(count)) for column in range(count))


def tangent(matrix: Affine, place: tuple[float, ...]) -> Affine:
    """Give the linear part of a map near a place: how it turns, stretches and slants there.

    Args:
        matrix: any map.
        place: in axis order; of no account for an affine map, which is the same everywhere.

    Returns:
        One row an axis, without shift.

    Examples:
        >>> tangent(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.5, 1.0)), (0.0, 2.0))
        ((0.5, 0.0), (0.0, 0.25))
    """
    rows = tuple(row[:-1] for row in matrix[:-1])
    if is_affine(matrix):
        return rows
    at = (*place, 1.0)
    weight = max(HORIZON, fsum(map(mul, matrix[-1], at)))
    goal = tuple(fsum(map(mul, row, at)) / weight for row in matrix[:-1])
    return tuple(
        tuple((entry - end * slope) / weight for entry, slope in zip(row, matrix[-1], strict=False))
        for row, end in zip(rows, goal, strict=True)
    )


def size_text(size: Size) -> str:
    """Write a size as people do.

    Examples:
        >>> size_text((64, 48))
        '64 x 48'
    """
    return " x ".join(map(str, size))
