"""What every typed item knows: the grid it lives on, how it moves, how it is recoloured and relabelled."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields
from numbers import Integral
from typing import Any, TypeAlias, cast

import torch
from torch import Tensor

from leyden.errors import ItemError
from leyden.items.grid.move import Move

__all__ = ["Item", "Recolour", "Relabel", "complain", "grid_faults", "pair_faults", "settle"]

Recolour: TypeAlias = Callable[[Tensor], Tensor]
"""A change of values, not of places: takes and gives `channel *space`."""

Relabel: TypeAlias = Callable[[Any], "Item"]
"""A change of what labels mean: takes a `Mask`, gives a mask or what is made of one, such as a `Heatmap`."""


class Item(ABC):
    """One thing of a sample that knows how augmentation acts on it.

    Items are frozen dataclasses. They hold the tensors they are given (nothing is copied), compare by value and by
    dtype, and never change. An item of your own takes two methods, `size` and `warp`:

    Examples:
        >>> from dataclasses import dataclass
        >>> from leyden.items import Move, Size
        >>> @dataclass(frozen=True, eq=False)
        ... class Needle(Item):
        ...     "A tip and an end, in pixels."
        ...     ends: Tensor
        ...     grid: Size
        ...     @property
        ...     def size(self) -> Size:
        ...         return self.grid
        ...     def warp(self, move: Move) -> "Needle":
        ...         return Needle(move.points(self.ends), move.new_size)
        >>> down = Move(((1.0, 0.0, 2.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (8, 8), (8, 8))
        >>> Needle(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), (8, 8)).warp(down).ends
        tensor([[2., 0.],
                [5., 4.]])
    """

    @property
    @abstractmethod
    def size(self) -> tuple[int, ...] | None:
        """The grid the item lives on, in axis order; None for what has no place, such as a label."""

    @abstractmethod
    def warp(self, move: Move) -> "Item":
        """Give the item on the new grid of a move.

        Args:
            move: where everything goes; `move.points` maps places, `leyden.items.resample` maps pixels.
        """

    def recolour(self, change: Recolour) -> "Item":
        """Give the item with its values changed; itself if it has no colours, which is the default.

        Args:
            change: takes and gives `channel *space`.
        """
        del change
        return self

    def relabel(self, change: Relabel) -> "Item":
        """Give the item with its labels changed; itself if it is no label map, which is the default.

        Args:
            change: takes a `Mask`.
        """
        del change
        return self

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        names = [field.name for field in fields(cast("Any", self))]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)

    def __hash__(self) -> int:
        return hash((type(self), self.size))


def _same(one: object, other: object) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.dtype == other.dtype and one.device == other.device and torch.equal(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one == other  # sizes of tensors are a kind of tuple of their own
    return type(one) is type(other) and one == other


def complain(name: str, faults: list[str]) -> None:
    """Raise all faults of an item at once, if there are any.

    Args:
        name: the item's class.
        faults: what is wrong and what to do, one sentence each.

    Raises:
        ItemError: there are faults.
    """
    if faults:
        raise ItemError(f"{name}: " + "; ".join(faults))


def settle(item: Item, names: tuple[str, ...]) -> None:
    """Write lists in fields of an item as the tuples that they should be, and refuse what is neither.

    Args:
        item: a frozen dataclass in the making.
        names: the fields, such as `size` and `labels`.

    Raises:
        ItemError: a field is an array, a tensor, a number, a word or nothing.
    """
    for name in names:
        value = getattr(item, name)
        if isinstance(value, list):
            object.__setattr__(item, name, tuple(value))
        elif not isinstance(value, tuple):
            if isinstance(value, property):  # the class shows it where the field was left out
                complain(type(item).__name__, [f"needs {name}: give {name}=image.{name}"])
            given = f"{type(value).__name__} {value!r}" if isinstance(value, str | int) else type(value).__name__
            listed = f"tuple({name}.tolist())" if hasattr(value, "tolist") else "a tuple"
            complain(type(item).__name__, [f"wants {name} in a tuple, got {given}; give {listed}"])


def grid_faults(item: Any) -> list[str]:
    """Say what is wrong with the grid that places live on; nothing if it is sound.

    Args:
        item: keypoints, boxes or outlines in the making, whose `size` is a tuple.
    """
    whole = all(isinstance(count, Integral) and int(count) >= 1 for count in item.size)
    if len(item.size) in (2, 3) and whole:
        return []
    return [f"wants a grid of two or three axes, at least one pixel each in whole numbers, got size {item.size}"]


def pair_faults(pairs: tuple[Any, ...], count: int, what: str) -> list[str]:
    """Say what is wrong with pairs that a mirror swaps; nothing if they are sound.

    Args:
        pairs: two numbers each.
        count: how many rows or channels there are.
        what: what they are called.
    """
    twos = all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs)
    named = [number for pair in pairs for number in pair] if twos else []
    whole = all(isinstance(number, Integral) and 0 <= int(number) < count for number in named)
    if twos and whole and len(set(named)) == len(named):
        return []
    return [f"pairs {pairs} must name {what} 0..{count - 1} by two, each at most once, as ((0, 1), (2, 3))"]
