"""Drivers: each brings the bytes of a declared dataset from one kind of place."""

__all__ = []
