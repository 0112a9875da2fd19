"""Operators as real layers of torch, where their weights are known and equality holds."""

from leyden.onnx.layers import (
    convolution,
    decomposed,
    dynamic,
    embedding,
    linear,
    norm,
    plain,
    pooling,
    quantised,
    recurrent,
    rounding,
    stacking,
)

__all__ = []
