"""Operators that take elements by index, and put them there."""

from leyden.onnx.ops.indexing import putting, ranking, taking

__all__ = []
