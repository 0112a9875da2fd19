"""What a file becomes: a network that remembers where it is from."""

from leyden.onnx.lower.result import imported, network

__all__ = []
