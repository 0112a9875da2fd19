"""Products of integers with what is quantised by its range at each run, as layers whose weights learn."""

from leyden.onnx.layers.dynamic import matching, products, recurrent

__all__ = []
