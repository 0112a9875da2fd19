"""Operators of signals: transforms, windows, scales."""

__all__: list[str] = []
