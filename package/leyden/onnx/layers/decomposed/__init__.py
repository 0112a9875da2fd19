"""Layers that a file has only in pieces, put together again."""

from leyden.onnx.layers.decomposed import activations, ends, norms, pieces

__all__ = []
