"""Operators as real layers of torch, where their weights are known and equality holds."""

from leyden.onnx.layers import convolution, linear, norm

__all__ = ["convolution", "linear", "norm"]
