"""Files of strangers: opened, measured, and read tensor by tensor."""

from leyden.onnx.lower.source import declared, opening, stored, wire

__all__ = []
