"""Numbers that a network computes as Python numbers: sizes of axes, and what is made of them."""

from leyden.onnx.lower.hosting import computing, structure

__all__ = []
