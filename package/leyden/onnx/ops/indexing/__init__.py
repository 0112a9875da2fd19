"""Operators that take elements by index, and put them there."""

__all__: list[str] = []
