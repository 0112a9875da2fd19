"""Operators of whole numbers with a scale."""

__all__: list[str] = []
