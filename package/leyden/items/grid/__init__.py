"""Grids of pixels, moves between them, and the one place that interpolates."""

from leyden.items.grid.affine import Affine, Size, compose, determinant, identity, invert, size_text
from leyden.items.grid.exact import copy_pixels, is_exact
from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.prefilter import footprint, smooth
from leyden.items.grid.sampling import Interpolation, resample

__all__ = [
    "Affine",
    "BorderMode",
    "Interpolation",
    "Move",
    "Size",
    "compose",
    "copy_pixels",
    "determinant",
    "footprint",
    "identity",
    "invert",
    "is_exact",
    "resample",
    "size_text",
    "smooth",
]
