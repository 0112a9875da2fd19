"""Operators of the domain ai.onnx.ml: trees, labels, categories."""

__all__: list[str] = []
