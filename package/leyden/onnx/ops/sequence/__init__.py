"""Operators of lists of tensors, and of values that may be missing."""

__all__: list[str] = []
