"""Maps of places out of which spatial transforms are made, in pixels and axis order."""

from math import cos, fsum, radians, sin
from operator import mul
from typing import Literal, TypeAlias

from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import identity

__all__ = ["Axis", "about_centre", "axis_index", "rotation", "scaling", "shift"]

Axis: TypeAlias = Literal["x", "y", "z"]
"""A spatial axis by name: the last in memory is x, the one before it y, the one before that z."""


def axis_index(axis: Axis, axes: int) -> int:
    """Give where a named axis stands in axis order.

    Args:
        axis: its name.
        axes: how many spatial axes the grid has.

    Raises:
        DrawError: the grid has no such axis.

    Examples:
        >>> axis_index("x", 2), axis_index("z", 3)
        (1, 0)
    """
    index = axes - 1 - "xyz".index(axis)
    if index < 0:
        raise DrawError(f"no {axis} axis in a grid of {axes}; its axes are {' '.join('zyx'[3 - axes :])}")
    return index


def shift(distances: tuple[float, ...]) -> Affine:
    """Give the map that moves every place by so many pixels, one distance an axis.

    Examples:
        >>> shift((2, -1))
        ((1.0, 0.0, 2), (0.0, 1.0, -1), (0.0, 0.0, 1.0))
    """
    *rows, last = identity(len(distances))
    return (*((*row[:-1], distance) for row, distance in zip(rows, distances, strict=True)), last)


def scaling(factors: tuple[float, ...]) -> Affine:
    """Give the linear part (no shift) that enlarges each axis by its factor.

    Examples:
        >>> scaling((2.0, 1.0))
        ((2.0, 0.0), (0.0, 1.0))
    """
    return tuple(
        tuple([factor if row == column else 0.0 for column in range(len(factors))])
        for row, factor in enumerate(factors)
    )


def rotation(degrees: float, plane: tuple[int, int], axes: int) -> Affine:
    """Give the linear part that turns a plane, anticlockwise as a picture is shown (first axis down, second right).

    Args:
        degrees: how far; multiples of 90 are exact.
        plane: the two axes that turn, as they stand in axis order.
        axes: how many spatial axes.

    Examples:
        >>> rotation(90, (0, 1), 2)
        ((0.0, -1.0), (1.0, 0.0))
    """
    down, right = plane
    cosine, sine = _turn(degrees)
    rows = [[float(row == column) for column in range(axes)] for row in range(axes)]
    rows[down][down], rows[down][right] = cosine, -sine
    rows[right][down], rows[right][right] = sine, cosine
    return tuple(map(tuple, rows))


def _turn(degrees: float) -> tuple[float, float]:
    quarters, rest = divmod(degrees, 90)
    if rest:
        return cos(radians(degrees)), sin(radians(degrees))
    return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters) % 4]


def about_centre(linear: Affine, size: Size, new_size: Size | None = None) -> Affine:
    """Give the map that does `linear` and takes the centre of one grid, (n - 1) / 2, to that of another.

    Args:
        linear: one row an axis, without shift.
        size: the grid before.
        new_size: the grid after; the same if not given.

    Examples:
        >>> about_centre(scaling((2.0, 1.0)), (5, 5))
        ((2.0, 0.0, -2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    centre = [(count - 1) / 2 for count in size]
    goal = [(count - 1) / 2 for count in new_size or size]
    rows = ((*row, end - fsum(map(mul, row, centre))) for row, end in zip(linear, goal, strict=True))
    return (*rows, identity(len(size))[-1])
