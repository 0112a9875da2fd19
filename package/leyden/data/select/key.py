"""The key of every element: given as labels, or made of the elements, which are then read once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
from torch import Tensor

from leyden.data.pipe.order import Order, random_steps
from leyden.data.pipe.view import Container, Element, View, describe, given_as
from leyden.data.select.notes import Noted, found
from leyden.errors import DataError

__all__ = ["By", "admitted", "checked_by", "groups_of", "keys_of", "members"]

By: TypeAlias = Callable[[Element], Hashable] | str | int | tuple[Hashable, ...] | View
"""What says an element's key: a function of it, the name or number of its field, or one label an element."""


def checked_by(usage: str, by: Element) -> By:
    """A `by` in one of its forms; labels become plain values, as two equal tensors would count as two keys.

    Args:
        usage: how the verb is written, for the error.
        by: a function, the name or number of a field, or labels in a row (list, array, tensor, series or a view).

    Raises:
        DataError: it is none of these, or a label is no plain value; all such labels are named.
    """
    if callable(by) or isinstance(by, str | int | View):
        return by
    try:
        labels = _listed(by)
    except TypeError as error:
        raise DataError(
            f"{usage} takes a function, the name of a field, or one label an element; given {given_as(by)}"
        ) from error
    return tuple(_comparable(f"{usage} takes one label an element", labels))


def admitted(usage: str, source: Container, by: By) -> None:
    """Refuse a `by` that cannot say the keys of a container once and for all; nothing is read.

    Raises:
        DataError: there are too many or too few labels, or random steps beneath that would change the keys.
    """
    read = not isinstance(by, tuple | View)
    if culprits := random_steps(source) if read else random_steps(source, Order):
        why = "what it finds would change with every epoch" if read else "each epoch brings elements to other labels"
        raise DataError(f"{usage} after {' and '.join(culprits)}: {why}; put it before the random steps")
    if not read and len(by) != len(source):
        raise DataError(f"{usage} takes one label an element: {describe(source)} has {len(source)}; given {len(by)}")


def keys_of(usage: str, source: Container, by: By) -> Sequence[Hashable]:
    """The key of every element.

    Raises:
        DataError: an element cannot be read, or its key is no plain value.
    """
    if isinstance(by, tuple):
        return by
    if isinstance(by, View):
        return _comparable(f"{usage} takes one label an element", found(usage, by, _plain))
    function = by if callable(by) else partial(_field, by)
    keys = found(usage, source, lambda element: _plain(function(element)))
    return _comparable(f"{usage} needs one key an element", keys)


def groups_of(keys: Sequence[Hashable]) -> tuple[tuple[Hashable, ...], list[np.ndarray]]:
    """The distinct keys in the order of their first elements, and the indices of each in order."""
    groups: dict[Hashable, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    return tuple(groups), [np.array(indices) for indices in groups.values()]


def members(usage: str, source: Container, by: By) -> tuple[tuple[Hashable, ...], list[np.ndarray]]:
    """What `groups_of` says of a container that was `Noted`, found at the first asking and then kept."""
    assert isinstance(source, Noted), "an operation that asks for keys notes them about its source"
    return source.facts.recall("groups", lambda: groups_of(keys_of(usage, source, by)))


def _field(name: str | int, element: Element) -> Element:
    by_attribute = isinstance(name, str) and not isinstance(element, Mapping)
    return getattr(element, str(name)) if by_attribute else element[name]


def _listed(labels: Element) -> list[Element]:
    if isinstance(labels, Mapping | bytes):  # both can be gone through, but what comes out are no labels
        raise TypeError(type(labels).__name__)
    values = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    return [_plain(value) for value in values]


def _plain(value: Element) -> Element:
    if isinstance(value, Tensor | np.ndarray | np.generic):
        return value.tolist()
    return value


def _comparable(usage: str, keys: list[Element]) -> list[Hashable]:
    """The keys, if each can be looked up and equals itself (not a number does not)."""
    wrong = [index for index, key in enumerate(keys) if not _found_again(key)]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        named = ", ".join(f"{str(keys[index])[:30]!r} at {index}" for index in wrong[:3])
        raise DataError(f"{usage}, each a number or a word; given {named}{more}")
    return keys


def _found_again(key: Element) -> bool:
    try:
        return {key: True}.get(key, False) and bool(key == key)  # not a number differs from itself
    except TypeError:  # a tuple that holds a list calls itself hashable and is not
        return False
