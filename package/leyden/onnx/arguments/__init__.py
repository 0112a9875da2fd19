"""Operators whose arguments are worked out while the network is made, so that nobody has to when it runs."""

from leyden.onnx.arguments import reshaping, slicing

__all__ = []
