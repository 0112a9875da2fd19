"""Operators on signals: Fourier transforms, windows, mel scales."""

from leyden.onnx.ops.signal import fourier, mel, window

__all__ = []
