"""Operators on Python numbers: arithmetic with the sizes of axes, which stay symbolic."""

from leyden.onnx.ops.numbers import arithmetic, logic, moving, nesting, totals

__all__ = []
