"""Operators on Python numbers: arithmetic with the sizes of axes, which stay symbolic."""

from leyden.onnx.ops.numbers import basic

__all__ = ["basic"]
