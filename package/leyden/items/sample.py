"""Samples: items in tuples, lists and dictionaries, nested as deep as you like."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from leyden.items.item import Item

__all__ = ["items_of", "map_items"]

_Sample = TypeVar("_Sample")


def items_of(sample: object) -> list[Item]:
    """List the items of a sample, in order.

    A sample is one item, or a tuple, list or dictionary of samples; everything else is no item and not looked into.

    Examples:
        >>> from leyden.items import Label
        >>> items_of({"class": Label(1), "file": "a.png", "more": (Label(2),)})
        [Label(index=1, classes=()), Label(index=2, classes=())]
    """
    if isinstance(sample, Item):
        return [sample]
    if isinstance(sample, dict):
        sample = tuple(sample.values())
    if isinstance(sample, (tuple, list)):
        return [item for part in sample for item in items_of(part)]
    return []


def map_items(change: Callable[[Item], Item], sample: _Sample) -> _Sample:
    """Give a sample of the same build with every item changed and everything else passed on as it is.

    Args:
        change: gives a new item for an item.
        sample: one item, or a tuple (named or plain), list or dictionary of samples.

    Examples:
        >>> from leyden.items import Label
        >>> map_items(lambda item: Label(7), ("a.png", Label(1)))
        ('a.png', Label(index=7, classes=()))
    """
    return cast("_Sample", _map(change, sample))


def _map(change: Callable[[Item], Item], sample: Any) -> object:
    if isinstance(sample, Item):
        return change(sample)
    if isinstance(sample, dict):
        return {name: _map(change, part) for name, part in sample.items()}
    if isinstance(sample, list):
        return [_map(change, part) for part in sample]
    if isinstance(sample, tuple):
        parts = (_map(change, part) for part in sample)
        # a named tuple takes its fields one by one
        build = cast("Callable[..., object]", type(sample))
        return build(*parts) if hasattr(sample, "_fields") else tuple(parts)
    return sample
