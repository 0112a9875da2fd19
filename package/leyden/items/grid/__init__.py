"""Grids of pixels, moves between them, and the one place that interpolates."""

from leyden.items.grid.affine import Affine, Size, compose, determinant, identity, invert, is_affine, size_text
from leyden.items.grid.exact import copy_pixels
from leyden.items.grid.field import Field, FieldKind
from leyden.items.grid.move import BorderMode, Interpolation, LabelInterpolation, Move, Reading
from leyden.items.grid.sampling import Backend, Counter, counting, resample

__all__ = [
    "Affine",
    "Backend",
    "BorderMode",
    "Counter",
    "Field",
    "FieldKind",
    "Interpolation",
    "LabelInterpolation",
    "Move",
    "Reading",
    "Size",
    "compose",
    "copy_pixels",
    "counting",
    "determinant",
    "identity",
    "invert",
    "is_affine",
    "resample",
    "size_text",
]
