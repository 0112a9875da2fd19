"""Operators of the domain ai.onnx.preview.training: steps of optimisers."""

__all__: list[str] = []
