"""Operators that sum up along axes."""

__all__: list[str] = []
