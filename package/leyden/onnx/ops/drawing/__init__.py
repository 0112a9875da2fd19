"""Operators that draw random numbers."""

__all__: list[str] = []
