"""Python numbers in the place of tensors: one number, or a (nested) tuple of them."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

__all__ = ["flat", "known", "nested", "rank_of", "sizes_of"]


def rank_of(numbers: Any) -> int:
    """Count the axes: none for a number, one for a tuple of numbers, two for a tuple of tuples."""
    return len(sizes_of(numbers))


def sizes_of(numbers: Any) -> tuple[int, ...]:
    """Give the sizes of the axes.

    Examples:
        >>> sizes_of(5), sizes_of((5, 6)), sizes_of(((1, 2, 3), (4, 5, 6)))
        ((), (2,), (2, 3))
    """
    if not isinstance(numbers, tuple):
        return ()
    return (len(numbers), *(sizes_of(numbers[0]) if numbers else ()))


def flat(numbers: Any) -> Iterator[Any]:
    """List all numbers, the last axis fastest."""
    if not isinstance(numbers, tuple):
        yield numbers
        return
    for part in numbers:
        yield from flat(part)


def nested(numbers: Sequence[Any], sizes: Sequence[int]) -> Any:
    """Give listed numbers axes of given sizes.

    Examples:
        >>> nested((1, 2, 3, 4), (2, 2))
        ((1, 2), (3, 4))
    """
    if not sizes:
        return numbers[0]
    step = prod(sizes[1:])
    return tuple(nested(numbers[start * step : (start + 1) * step], sizes[1:]) for start in range(sizes[0]))


def known(numbers: Any) -> tuple[int, ...]:
    """Give one integer, or a tuple of them, as a tuple, if they are plain ones.

    Raises:
        TypeError: One is known only when the network runs.
    """
    listed = tuple(flat(numbers))
    for number in listed:
        if not isinstance(number, int):
            raise TypeError(f"{number} is not known beforehand")
    return listed
