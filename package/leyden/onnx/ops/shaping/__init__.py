"""Operators that move elements and change shapes."""

from leyden.onnx.ops.shaping import basic

__all__ = ["basic"]
