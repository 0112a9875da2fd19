"""Samples: items in tuples, lists and dictionaries, nested as deep as you like."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from leyden.errors import ItemError
from leyden.items.item import Item

__all__ = ["items_of", "map_items", "map_together"]

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
    return cast("_Sample", _map(lambda items: change(items[0]), (sample,)))


def map_together(change: Callable[[tuple[Item, ...]], Item], samples: Sequence[_Sample]) -> _Sample:
    """Give one sample of the build that several have, its items made of those that stand in the same place of each.

    Args:
        change: gives an item for one of each sample, in the order of the samples.
        samples: at least one, all of one build; what is no item is passed on from the first.

    Raises:
        ItemError: no sample, or samples of different builds.

    Examples:
        >>> from leyden.items import Label
        >>> map_together(lambda labels: Label(sum(label.index for label in labels)), [("a", Label(1)), ("b", Label(2))])
        ('a', Label(index=3, classes=()))
    """
    if not samples:
        raise ItemError("wants at least one sample, got none")
    return cast("_Sample", _map(change, tuple(samples)))


def _map(change: Callable[[tuple[Item, ...]], Item], samples: tuple[Any, ...]) -> object:
    sample, *others = samples
    if isinstance(sample, Item):
        _check_build(all(isinstance(other, Item) for other in others), samples)
        return change(samples)
    if isinstance(sample, dict):
        _check_build(all(isinstance(other, dict) and other.keys() == sample.keys() for other in others), samples)
        return {name: _map(change, tuple(each[name] for each in samples)) for name in sample}
    if not isinstance(sample, list | tuple):
        return sample
    _check_build(all(type(other) is type(sample) and len(other) == len(sample) for other in others), samples)
    parts = [_map(change, group) for group in zip(*samples, strict=True)]
    if isinstance(sample, list):
        return parts
    # a named tuple takes its fields one by one
    build = cast("Callable[..., object]", type(sample))
    return build(*parts) if hasattr(sample, "_fields") else tuple(parts)


def _check_build(alike: bool, samples: tuple[Any, ...]) -> None:
    if not alike:
        kinds = ", ".join(f"{type(each).__name__}{_inside(each)}" for each in samples)
        raise ItemError(f"samples of one build are wanted, got {kinds}; map them to the same items in the same places")


def _inside(sample: object) -> str:
    if isinstance(sample, dict):
        return f" of {list(sample)}"
    return f" of {len(sample)}" if isinstance(sample, list | tuple) else ""
