"""Operators that make one number of many."""

from leyden.onnx.ops.reducing import cumulative, index, normalisation, reduction, reduction_attributes

__all__ = []
