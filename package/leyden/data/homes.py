"""The public name of the room that is loaded on first use, and not with the others."""

from importlib import import_module
from typing import Any

__all__ = ["found"]


def found(name: str) -> Any:
    """Load `Module`, which takes Lightning's second.

    Raises:
        AttributeError: the room has no such name.

    Examples:
        >>> found("Module").__name__
        'Module'
    """
    if name != "Module":
        raise AttributeError(f"leyden.data has no {name!r}; see dir(leyden.data)")
    return import_module("leyden.data.module").Module
