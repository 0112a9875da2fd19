"""Affine maps of pixel places, as plain numbers.

Convention of the whole house: a place is written in axis order (`y x` or `z y x`), in pixels, and the centre of the
first pixel is at 0; so a grid of n pixels reaches from -0.5 to n - 0.5 and its centre is (n - 1) / 2.

Python numbers, not tensors: maps of three or four rows are composed faster than one tensor operation starts, in double
precision, and print exactly.
"""

from functools import cache
from math import fsum
from operator import mul
from typing import TypeAlias

from leyden.errors import DrawError

__all__ = ["Affine", "Size", "compose", "determinant", "identity", "invert", "size_text"]

Affine: TypeAlias = tuple[tuple[float, ...], ...]
"""A homogeneous map of places: one row an axis, then (0, ..., 0, 1)."""

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


def compose(first: Affine, second: Affine) -> Affine:
    """Give the map that does `first` and then `second`.

    Examples:
        >>> right, double = ((1.0, 3.0), (0.0, 1.0)), ((2.0, 0.0), (0.0, 1.0))
        >>> compose(right, double)
        ((2.0, 6.0), (0.0, 1.0))
    """
    if len(first) == 3:  # pictures take the short way: this runs once a step of every draw
        (a, b, c), (d, e, f), _ = first
        return (*((p * a + q * d, p * b + q * e, p * c + q * f + r) for p, q, r in second[:2]), first[2])
    columns = tuple(zip(*first, strict=True))
    # fsum rounds once, so the numbers are the same on every Python (3.12 changed sum)
    return (*(tuple(fsum(map(mul, row, column)) for column in columns) for row in second[:-1]), first[-1])


def determinant(affine: Affine) -> float:
    """Give how much a map enlarges an area or volume; negative if it mirrors.

    Examples:
        >>> determinant(((0.0, 2.0, 5.0), (1.0, 0.0, 5.0), (0.0, 0.0, 1.0)))
        -2.0
    """
    if len(affine) == 3:
        (a, b, _), (c, d, _), _ = affine
        return a * d - b * c
    (a, b, c, _), (d, e, f, _), (g, h, i, _), _ = affine
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def invert(affine: Affine) -> Affine:
    """Give the map that leads back, for two or three axes.

    Raises:
        DrawError: the map flattens space, so nothing leads back.

    Examples:
        >>> invert(((2.0, 0.0, 6.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
        ((0.5, 0.0, -3.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    """
    size = determinant(affine)
    if abs(size) < 1e-12:
        raise DrawError(f"the map {affine} flattens space (determinant {size:g}); its rows must be independent")
    shift = tuple(row[-1] for row in affine[:-1])
    # + 0.0 turns -0.0 into 0.0, which prints and compares as people expect
    linear = tuple(tuple(entry / size + 0.0 for entry in row) for row in _cofactors(affine))
    return (*((*row, 0.0 - fsum(map(mul, row, shift))) for row in linear), affine[-1])


def _cofactors(affine: Affine) -> tuple[tuple[float, ...], ...]:
    """Give the transposed cofactors of the linear part: its inverse times its determinant."""
    if len(affine) == 3:
        (a, b, _), (c, d, _), _ = affine
        return ((d, -b), (-c, a))
    (a, b, c, _), (d, e, f, _), (g, h, i, _), _ = affine
    return (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )


def size_text(size: Size) -> str:
    """Write a size as people do.

    Examples:
        >>> size_text((64, 48))
        '64 x 48'
    """
    return " x ".join(map(str, size))
