"""Which of two callbacks goes first where both write the same state: said by the one who knows, once, as a value."""

from dataclasses import dataclass
from typing import TypeAlias

import pytorch_lightning as pl

from leyden.errors import TrainError

__all__ = ["Resolution", "Side", "resolve"]

Side: TypeAlias = type | pl.Callback
"""A class of callbacks, or one of them."""


@dataclass(frozen=True, eq=False)
class Resolution:
    """`first` runs before `then`, whatever they read and write."""

    first: Side
    then: Side

    def __repr__(self) -> str:
        first, then = map(_name, self.sides)
        return f"resolve({first}, {then}, first={first})"

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, the first one first."""
        return self.first, self.then


def resolve(one: Side, other: Side, *, first: Side) -> Resolution:
    """Says which of two callbacks runs first; the other one has the last word on what both write.

    It settles a write conflict, and cuts a cycle: what `first` reads of the other it reads as it was the hook before.

    Args:
        one: a class of callbacks (its subclasses count as well), or a single callback.
        other: likewise.
        first: one of the two.

    Raises:
        TrainError: `first` is neither, both are the same, or one is not a class of callbacks.

    Examples:
        >>> class WarmUp(pl.Callback): ...
        >>> class Plateau(pl.Callback): ...
        >>> resolve(WarmUp, Plateau, first=WarmUp)
        resolve(WarmUp, Plateau, first=WarmUp)
    """
    strangers = [side for side in (one, other) if not _is_side(side)]
    if strangers:
        raise TrainError(f"resolve takes classes of callbacks, or callbacks; given {strangers}")
    if one is other or (first is not one and first is not other):
        told = f"resolve({_name(one)}, {_name(other)}, first={_name(first)})"
        raise TrainError(f"{told}: name two different ones, and one of them as `first`")
    return Resolution(first, other if first is one else one)


def _name(side: object) -> str:
    return side.__name__ if isinstance(side, type) else type(side).__name__


def _is_side(side: object) -> bool:
    return isinstance(side, pl.Callback) or (isinstance(side, type) and issubclass(side, pl.Callback))
