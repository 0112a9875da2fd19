"""Branches, loops and scans: operators that hold graphs."""

__all__: list[str] = []
