"""Operators that act on one element at a time."""

from leyden.onnx.ops.elementwise import (
    activation,
    aligned,
    arithmetic,
    casting,
    comparison,
    conversion,
    exponential,
    extremes,
    logic,
    rounding,
    trigonometry,
)

__all__ = []
