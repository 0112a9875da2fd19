"""Weights in another shape or order, and where weights and layers stand in a network."""

from leyden.onnx.lower.weight import placing, viewing

__all__ = []
