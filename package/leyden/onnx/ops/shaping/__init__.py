"""Operators that move elements and change shapes."""

from leyden.onnx.ops.shaping import algebra, blocks, joining, layout, making, moving, padding, slicing

__all__ = []
