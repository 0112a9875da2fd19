"""What files of strangers may not do."""

from leyden.onnx.lower.safety import budget, counting, limits

__all__ = []
