"""Recurrent operators: states that are carried along a sequence."""

from leyden.onnx.ops.recurrent import activation, cells, directions, kernel, layer, plan, running

__all__ = []
