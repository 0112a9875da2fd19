"""Operators of transformers."""

__all__: list[str] = []
