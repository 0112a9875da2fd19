"""Lists of tensors, and values that may be missing."""

from leyden.onnx.ops.sequence import lists, optionals

__all__ = []
