"""Operators as real layers of torch, where their weights are known and equality holds."""

from leyden.onnx.layers import (
    convolution,
    decomposed,
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
