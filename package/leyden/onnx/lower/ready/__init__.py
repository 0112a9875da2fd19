"""What is done to a file before a network is made of it."""

from leyden.onnx.lower.ready import bodies, cleaning, inference, inlining, lifting, missing, sorting

__all__ = []
