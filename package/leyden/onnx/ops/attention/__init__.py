"""Operators of transformers: attention, positions, and what stands between them."""

from leyden.onnx.ops.attention import gating, heads, linear, masking, rotary, scaled

__all__ = []
