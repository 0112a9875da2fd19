"""Operators that sample images and volumes between their pixels."""

__all__: list[str] = []
