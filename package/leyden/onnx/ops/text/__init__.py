"""Operators of texts."""

__all__: list[str] = []
