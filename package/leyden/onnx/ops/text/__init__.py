"""Texts: arrays of Python strings, for torch has no tensors of them; and pictures in files."""

from leyden.onnx.ops.text import grams, pictures, regex, strings

__all__ = []
