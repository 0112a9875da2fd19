"""Operators that go along time."""

__all__: list[str] = []
