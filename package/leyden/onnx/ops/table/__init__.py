"""Operators of tables: what scikit-learn's models are made of."""

from leyden.onnx.ops.table import features, forest, linear, lookup, maps, scores, support, trees

__all__ = []
