"""Operators that draw random numbers."""

from leyden.onnx.ops.drawing import chance, distribution

__all__ = []
