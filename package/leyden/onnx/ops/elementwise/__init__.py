"""Operators that act on one element at a time."""

from leyden.onnx.ops.elementwise import arithmetic

__all__ = ["arithmetic"]
