"""Operators on quantised numbers, and between them and real ones."""

from leyden.onnx.ops.quantised import convolving, linear, matrix, recurrent, runtime

__all__ = []
