"""Maps of places out of which spatial transforms are made, in pixels and axis order."""

from math import cos, fsum, isclose, radians, sin
from operator import mul
from typing import Literal, TypeAlias

import torch

from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import identity

__all__ = [
    "Axis", "about_centre", "across", "axis_index", "onto_window", "rotation", "scaling", "shift", "true_to_scale",
    "turn_axes",
]  # fmt: skip

Axis: TypeAlias = Literal["x", "y", "z"]
"""A spatial axis by name: the last in memory is x, the one before it y, the one before that z."""


_ALIKE = 1e-3
"""Relative; files store spacing in single precision, and rounded to microns."""


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


def across(axis: Axis, axes: int, *, who: object) -> tuple[int, int]:
    """Give the two axes of the plane that a named axis stands upon; a picture lies in the plane of z.

    Args:
        axis: its name.
        axes: how many spatial axes the grid has.
        who: the transform that asks, for the error.

    Raises:
        DrawError: a picture turns about z only.

    Examples:
        >>> across("z", 2, who="a flip"), across("y", 3, who="a flip")
        ((0, 1), (0, 2))
    """
    if axes == 2:
        if axis != "z":
            raise DrawError(f"{who!r} needs a volume; a picture turns about z only")
        return 0, 1
    down, right = (index for index in range(3) if index != axis_index(axis, 3))
    return down, right


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


def true_to_scale(linear: Affine, metric: tuple[float, ...]) -> Affine:
    """Give the linear part that does in mm what another one does where pixels are squares or cubes.

    Args:
        linear: one row an axis, without shift, such as a `rotation`.
        metric: `leyden.augment.Scene.metric` of the grid: nothing, mm along each axis, or the rows of a symmetric
            matrix from the diagonal on. Lengths alike to a thousandth count as alike, so quarter turns stay exact.

    Raises:
        DrawError: another number of them, or a length that is not above 0.

    Examples:
        >>> true_to_scale(rotation(90, (0, 1), 2), (5.0, 0.5))  # ten pixels to the right are one up
        ((0.0, -0.1), (10.0, 0.0))
    """
    axes = len(linear)
    if not metric:
        return linear
    if len(metric) == axes and min(metric) > 0:
        return tuple(
            tuple(entry * _ratio(across, along) for entry, across in zip(row, metric, strict=True))
            for row, along in zip(linear, metric, strict=True)
        )
    rows, columns = torch.triu_indices(axes, axes)
    if len(metric) != len(rows):
        raise DrawError(f"a metric of {axes} axes has {axes} lengths above 0 or {len(rows)} numbers, got {metric}")
    root = torch.zeros((axes, axes), dtype=torch.float64)
    root[rows, columns] = root[columns, rows] = torch.tensor(metric, dtype=torch.float64)
    if not torch.linalg.eigvalsh(root).min() > 0:
        raise DrawError(f"a metric that no grid has: {metric}; draw it anew, or leave it out for squares or cubes")
    return tuple(map(tuple, torch.linalg.solve(root, torch.tensor(linear, dtype=torch.float64) @ root).tolist()))


def _ratio(one: float, other: float) -> float:
    return 1.0 if isclose(one, other, rel_tol=_ALIKE) else one / other


def about_centre(linear: Affine, size: Size, new_size: Size | None = None) -> Affine:
    """Give the map that does `linear` and takes the centre of one grid, (n - 1) / 2, to that of another.

    Args:
        linear: one row an axis, without shift.
        size: the grid before.
        new_size: the grid after; the same if not given.

    Raises:
        DrawError: not one row and one column an axis, as what has a shift in it.

    Examples:
        >>> about_centre(scaling((2.0, 1.0)), (5, 5))
        ((2.0, 0.0, -2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    if {len(linear), *map(len, linear), len(new_size or size)} != {len(size)}:
        raise DrawError(f"about_centre wants {len(size)} rows of {len(size)} numbers, without shift; got {linear}")
    centre = [(count - 1) / 2 for count in size]
    goal = [(count - 1) / 2 for count in new_size or size]
    rows = ((*row, end - fsum(map(mul, row, centre))) for row, end in zip(linear, goal, strict=True))
    return (*rows, identity(len(size))[-1])


def onto_window(corner: tuple[float, ...], extent: tuple[float, ...], new_size: Size) -> Affine:
    """Give the map that brings a window, from outer edge to outer edge, onto a new grid.

    Args:
        corner: the first pixel of the window along each axis.
        extent: how many pixels it has along each axis.
        new_size: the grid after.

    Examples:
        >>> onto_window((2, 0), (4, 8), (8, 8))
        ((2.0, 0.0, -3.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    factors = tuple(new / old for new, old in zip(new_size, extent, strict=True))
    *rows, last = scaling((*factors, 1.0))
    places = zip(rows, factors, corner, strict=True)
    return (*((*row[:-1], factor * (0.5 - first) - 0.5) for row, factor, first in places), last)


def turn_axes(codes: tuple[float, ...], size: Size) -> tuple[Affine, Size]:
    """Give the map that lets axes take each other's place, forwards or backwards, and the grid after it.

    Args:
        codes: for each new axis the old one it shows, counted from 1 in axis order, negative where it is reversed.
        size: the grid before.

    Examples:
        >>> turn_axes((-2, 1), (4, 6))
        (((0.0, -1.0, 5.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)), (6, 4))
    """
    sources = [int(abs(code)) - 1 for code in codes]
    signs = [1.0 if code > 0 else -1.0 for code in codes]
    linear = tuple(
        tuple(sign if axis == source else 0.0 for axis in range(len(size)))
        for sign, source in zip(signs, sources, strict=True)
    )
    new_size = tuple(size[source] for source in sources)
    return about_centre(linear, size, new_size), new_size
