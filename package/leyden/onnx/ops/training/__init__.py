"""Steps of optimisers, as operators of a graph."""

from leyden.onnx.ops.training import steps

__all__ = []
