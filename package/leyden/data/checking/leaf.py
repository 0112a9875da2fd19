"""The leaves of one element, and what a container's elements hold in one place."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.collate import branches
from leyden.data.pipe.view import Element
from leyden.items import Item

__all__ = ["Field", "Leaf", "alike", "gathered", "leaves", "skeleton"]

_LONG = 16  # entries; a longer list is data, not a structure whose places have a meaning each


@final
@dataclass(frozen=True)
class Leaf:
    """What stands in one place of one element.

    Args:
        kind: its type, with the dtype of tensors and arrays.
        shape: of tensors, arrays and long lists; None of all else.
        low: the least finite number in it; None where it has no numbers.
        high: the greatest.
        finite: False where it holds NaN or an infinity.
    """

    kind: str
    shape: tuple[int, ...] | None = None
    low: float | None = None
    high: float | None = None
    finite: bool = True


@final
@dataclass(frozen=True)
class Field:
    """What the elements of a container hold in one place.

    Args:
        place: how to get there from an element, such as "['image']"; empty for the element itself.
        kinds: its types, with the number of elements that have each, most frequent first.
        shapes: the same of shapes.
        low: the least finite number; None where there are no numbers.
        high: the greatest.
        unlimited: how many elements hold NaN or an infinity here.
    """

    place: str
    kinds: tuple[tuple[str, int], ...]
    shapes: tuple[tuple[tuple[int, ...], int], ...]
    low: float | None
    high: float | None
    unlimited: int


def leaves(element: Element, place: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every place of an element and what stands there; dicts, tuples, lists and dataclasses are gone into.

    Examples:
        >>> [(place, leaf.kind, leaf.high) for place, leaf in leaves({"x": torch.ones(2), "y": (1, "a")})]
        [("['x']", 'tensor float32', 1.0), ("['y'][0]", 'int', 1.0), ("['y'][1]", 'str', None)]
    """
    if isinstance(element, Item):
        held = next(iter((branches(element) or {}).values()), None)
        inside = _leaf(held)
        words = f"{type(element).__name__} of {inside.kind}"
        yield place, Leaf(words, inside.shape, inside.low, inside.high, inside.finite)
        return
    parts = branches(element)
    if parts is None or (isinstance(element, list | tuple) and len(element) > _LONG):
        yield place, _leaf(element)
    elif not parts:
        yield place, Leaf(f"empty {type(element).__name__}")
    else:
        for name, part in parts.items():
            yield from leaves(part, f"{place}[{name!r}]")


def skeleton(element: Element) -> tuple[object, ...]:
    """The types that an element is nested in, all its leaves left out."""
    parts = branches(element) or {}
    return (type(element) if parts else None, *(skeleton(part) for part in parts.values() if not _bare(part)))


def gathered(place: str, found: list[Leaf]) -> Field:
    """What many elements hold in one place."""
    lows = [leaf.low for leaf in found if leaf.low is not None]
    highs = [leaf.high for leaf in found if leaf.high is not None]
    return Field(
        place,
        tuple(Counter(leaf.kind for leaf in found).most_common()),
        tuple(Counter(leaf.shape for leaf in found if leaf.shape is not None).most_common()),
        min(lows, default=None),
        max(highs, default=None),
        sum(not leaf.finite for leaf in found),
    )


def alike(one: Element, other: Element) -> bool:
    """Whether two readings of an element are equal, NaN to NaN; what cannot be compared counts as equal."""
    try:
        return type(one) is type(other) and _same(one, other)
    except Exception:  # whatever their kind raises: it is not for us to say that they differ
        return True


def _same(one: Element, other: Element) -> bool:
    if isinstance(one, Tensor) and one.is_nested:
        return alike(list(one.unbind()), list(other.unbind()))
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and _equal(one, other)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
    parts, others = branches(one), branches(other)
    if parts is not None and others is not None:
        return list(parts) == list(others) and all(alike(parts[name], others[name]) for name in parts)
    if hasattr(one, "equals"):  # series and tables of pandas and polars, whose == goes entry by entry
        return bool(one.equals(other))
    return type(one).__eq__ is object.__eq__ or bool(one == other) or bool(one != one and other != other)


def _bare(value: Element) -> bool:
    return branches(value) is None


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.layout is not torch.strided:
        one, other = one.to_dense(), other.to_dense()
    if one.is_floating_point() or one.is_complex():
        return bool(torch.all((one == other) | ((one != one) & (other != other))))
    return torch.equal(one, other)


def _leaf(value: Element) -> Leaf:
    if isinstance(value, Tensor) and (value.is_nested or value.is_meta):  # no one shape, or no values
        return Leaf(f"tensor {str(value.dtype).removeprefix('torch.')}", tuple(value.shape) if value.is_meta else None)
    if isinstance(value, Tensor):
        return _numbers(f"tensor {str(value.dtype).removeprefix('torch.')}", tuple(value.shape), value)
    if isinstance(value, np.ndarray):
        plain = value if value.dtype.kind in "biuf" else None
        return _numbers(f"array {value.dtype}", value.shape, plain)
    if isinstance(value, bool | int | float | np.integer | np.floating | np.bool_):
        kind = type(value).__name__
        try:
            number = float(value)
        except OverflowError:  # a whole number beyond all floats
            return Leaf(kind)
        return Leaf(kind, None, number, number) if math.isfinite(number) else Leaf(kind, finite=False)
    if value is None:
        return Leaf("None")
    return Leaf(type(value).__name__, (len(value),) if isinstance(value, list | tuple) else None)


def _numbers(kind: str, shape: tuple[int, ...], values: Tensor | np.ndarray | None) -> Leaf:
    if values is None or 0 in shape or (isinstance(values, Tensor) and (values.is_complex() or values.is_quantized)):
        return Leaf(kind, shape)
    plain = values.detach().to("cpu").to_dense().double().numpy() if isinstance(values, Tensor) else values
    finite = np.isfinite(plain)
    if not finite.any():
        return Leaf(kind, shape, finite=False)
    within = plain[finite]
    return Leaf(kind, shape, float(within.min()), float(within.max()), bool(finite.all()))
