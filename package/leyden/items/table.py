"""Rows of tables: named values that belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from leyden.items.grid.move import Move
from leyden.items.item import Item, complain

__all__ = ["Row"]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Row(Item):
    """One row of a table: a value under each name; no move and no colour changes it.

    Values may be anything: numbers, words, None where one is missing, tensors. A batch of rows is a plain dict of
    columns, as `leyden.data.stack` makes it.

    Args:
        values: at least one, each under a word. The dict is copied, the values are not.

    Raises:
        ItemError: no mapping, empty, or a name that is no word.

    Examples:
        >>> row = Row({"age": 31, "colour": "red"})
        >>> row, row["age"], row.names
        (Row({'age': 31, 'colour': 'red'}), 31, ('age', 'colour'))
        >>> row.replace({"age": 32})
        Row({'age': 32, 'colour': 'red'})
    """

    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.values, Mapping):
            complain("Row", [f"wants values by name, got {type(self.values).__name__}; write Row({{'age': 31}})"])
        wrong = [name for name in self.values if not isinstance(name, str)]
        faults = [f"wants words as names, got {wrong}; rename them with str"] if wrong else []
        complain("Row", faults if self.values else ["wants at least one value, got none"])
        object.__setattr__(self, "values", dict(self.values))

    @property
    def size(self) -> None:
        """None: a row lives on no grid."""
        return

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the values."""
        return tuple(self.values)

    def replace(self, values: Mapping[str, Any]) -> "Row":
        """Give the row with other or further values.

        Args:
            values: what to put in, by name.
        """
        return Row({**self.values, **values})

    def warp(self, move: Move) -> "Row":
        """Give the row itself."""
        del move
        return self

    def __getitem__(self, name: str) -> Any:
        if name not in self.values:
            raise KeyError(f"this row has no value {name!r}; it has {list(self.values)}")
        return self.values[name]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return self.names == other.names and all(_same(self[name], other[name]) for name in self.names)

    def __hash__(self) -> int:
        return hash((Row, self.names))

    def __repr__(self) -> str:
        return "Row({" + ", ".join(f"{name!r}: {_spelled(value)}" for name, value in self.values.items()) + "})"


def _same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return one.dtype == other.dtype and one.device == other.device and torch.equal(one, other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def _spelled(value: object) -> str:
    if isinstance(value, Tensor | np.ndarray) and value.ndim:
        return f"{type(value).__name__}[{', '.join(map(str, value.shape))}]"
    words = repr(value)
    return type(value).__name__ if "\n" in words or " at 0x" in words else words
