"""Factors of channels: each for itself, or mixed; as plain numbers, because most have one to four."""

from itertools import chain
from operator import add, mul
from typing import TypeAlias, TypeGuard

from leyden.errors import DrawError

__all__ = ["Channels", "Mixing", "Weights", "any_of", "count_of", "mixes", "plus", "repeat", "times", "weigh"]

Channels: TypeAlias = tuple[float, ...]
"""One number for all channels, or one a channel."""

Mixing: TypeAlias = tuple[Channels, ...]
"""One row a new channel, in it one factor an old channel."""

Weights: TypeAlias = Channels | Mixing
"""Factors of the channels: each for itself, or mixed."""


def mixes(weights: Weights) -> TypeGuard[Mixing]:
    """Tell whether a new channel is made of several."""
    return isinstance(weights[0], tuple)


def any_of(weights: Weights) -> bool:
    """Tell whether any factor is not 0."""
    return any(chain.from_iterable(weights)) if mixes(weights) else any(weights)


def repeat(weights: Weights, count: int) -> Channels:
    """Give one number a channel, of weights that do not mix."""
    return weights * count if len(weights) == 1 else weights  # pyright: ignore[reportReturnType]


def count_of(*several: Weights) -> int:
    """Give for how many channels weights are; 1 for any number.

    Raises:
        DrawError: they do not agree.
    """
    counts = {len(weights) for weights in several if len(weights) > 1 or mixes(weights)}
    if len(counts) > 1:
        listed = " and ".join(map(str, sorted(counts)))
        raise DrawError(f"colour steps for {listed} channels in one chain; give them alike")
    return counts.pop() if counts else 1


def times(left: Weights, right: Weights) -> Weights:
    """Give the weights of `right`, and then `left`; no rows where nothing is mixed.

    Examples:
        >>> times((2.0, 3.0), ((0.0, 1.0), (1.0, 0.0)))
        ((0.0, 2.0), (3.0, 0.0))
    """
    if not mixes(left):
        if not mixes(right):
            return tuple(map(mul, *_alike(left, right)))
        rows = tuple(tuple([a * b for b in row]) for a, row in zip(repeat(left, len(right)), right, strict=True))
    elif not mixes(right):
        columns = repeat(right, len(left))
        rows = tuple(tuple(map(mul, row, columns)) for row in left)
    else:
        columns = tuple(zip(*right, strict=True))
        rows = tuple(tuple([_dot(row, column) for column in columns]) for row in left)
    return _plain(rows)


def plus(left: Weights, right: Weights) -> Weights:
    """Give the sum of weights."""
    if not (mixes(left) or mixes(right)):
        return tuple(map(add, *_alike(left, right)))
    count = count_of(left, right)
    pairs = zip(_rows(left, count), _rows(right, count), strict=True)
    return _plain(tuple(tuple(map(add, *pair)) for pair in pairs))


def weigh(weights: Weights, numbers: Channels) -> Channels:
    """Give what weights make of one number a channel.

    Examples:
        >>> weigh(((0.0, 1.0), (1.0, 0.0)), (5.0, 6.0)), weigh((2.0,), (5.0, 6.0))
        ((6.0, 5.0), (10.0, 12.0))
    """
    if not mixes(weights):
        return tuple(map(mul, *_alike(weights, numbers)))
    column = repeat(numbers, len(weights))
    return tuple(_dot(row, column) for row in weights)


def _alike(left: Weights, right: Weights) -> tuple[Channels, Channels]:
    count = max(len(left), len(right))
    return repeat(left, count), repeat(right, count)


def _dot(row: Channels, column: Channels) -> float:
    return sum(map(mul, row, column))


def _rows(weights: Weights, count: int) -> Mixing:
    if mixes(weights):
        return weights
    diagonal = repeat(weights, count)
    return tuple(tuple(diagonal[row] if row == column else 0.0 for column in range(count)) for row in range(count))


def _plain(rows: Mixing) -> Weights:
    """Write rows that mix nothing as plain numbers, and nothing at all as 0."""
    diagonal = tuple([row[place] for place, row in enumerate(rows)])
    for place, row in enumerate(rows):
        if any(row[:place]) or any(row[place + 1 :]):
            return rows
    return diagonal if any(diagonal) else (0.0,)
