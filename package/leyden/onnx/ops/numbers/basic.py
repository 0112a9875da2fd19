"""Operators on Python numbers: arithmetic with the sizes of axes, which stay symbolic."""

from typing import Any

from leyden.onnx.ops.registry import hosted

__all__ = ["concat", "gather"]


@hosted("Concat")
def concat(*parts: Any, axis: int) -> tuple[Any, ...]:
    """Join tuples."""
    return tuple(number for part in parts for number in part)


@hosted("Gather")
def gather(data: tuple[Any, ...], indices: Any, *, axis: int = 0) -> Any:
    """Take numbers out of a tuple."""
    return data[indices] if isinstance(indices, int) else tuple(data[index] for index in indices)
