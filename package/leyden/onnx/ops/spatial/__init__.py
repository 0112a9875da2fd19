"""Operators that move values in space: resizing, sampling on grids, regions and boxes."""

from leyden.onnx.ops.spatial import interpolation, region, resizing, sampling, suppression, tap

__all__ = []
