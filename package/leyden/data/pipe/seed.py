"""Randomness as a value: every draw is a function of a key, never of what was drawn before it."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from operator import index as whole
from typing import final

import numpy as np
import torch

from leyden.errors import DataError

__all__ = ["Held", "Moment", "checked_seed", "keyed_generator", "keyed_number", "permutation"]


@final
@dataclass(frozen=True)
class Moment:
    """When an item is read: all that randomness may depend on besides its seed, its index and its place in the pipe.

    Args:
        epoch: how many times the pipe was gone through before.
        branch: which parts of which concatenations and which branches lead to the item, outermost first.
        held: inside a branch, the shared element; no draw depends on it.
    """

    epoch: int
    branch: tuple[int, ...] = ()
    held: "Held | None" = field(default=None, compare=False, repr=False)

    def within(self, part: int) -> "Moment":
        """The same moment, seen from one part of a concatenation."""
        return Moment(self.epoch, (*self.branch, part), self.held)


@final
@dataclass(frozen=True)
class Held:
    """An element that was read for all branches of `+` or `*`, on its way to one of them.

    Args:
        index: of the element.
        element: what was read.
        moment: when it was read, as seen from beneath the branches.
    """

    index: int
    element: object
    moment: Moment


def keyed_generator(*key: object) -> torch.Generator:
    """A new CPU generator that depends on the key alone.

    The key is hashed, so keys that differ by one give streams that have nothing in common; adding seed and index
    up instead would give item 1 of seed 0 the draws of item 0 of seed 1. torch's CPU generator keeps 32 bits of
    its seed, so among 100 000 keys about one pair shares a stream by chance. One generator costs about 4 us.

    Args:
        key: integers, strings and tuples of them, in a fixed order.

    Returns:
        A generator of its own.

    Examples:
        >>> one, same, other = keyed_generator(0, 1), keyed_generator(0, 1), keyed_generator(1, 0)
        >>> one.initial_seed() == same.initial_seed(), one.initial_seed() == other.initial_seed()
        (True, False)
    """
    return torch.Generator().manual_seed(keyed_number(*key))


def keyed_number(*key: object) -> int:
    """A number from 0 to 2**64 - 1 that depends on the key alone; what seeds `keyed_generator`.

    Examples:
        >>> keyed_number("choose", 0) % 3
        1
    """
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=8)
def permutation(count: int, *key: object) -> np.ndarray:
    """A random order of the numbers from 0 to `count - 1` that depends on the key alone.

    The last eight are kept, so that reading a shuffled view by index does not shuffle anew for every item.

    Args:
        count: how many numbers.
        key: as of `keyed_generator`.

    Returns:
        Whole numbers, shape (count,), read-only.
    """
    order = torch.randperm(count, generator=keyed_generator("permutation", *key)).numpy()
    order.setflags(write=False)
    return order


def checked_seed(seed: object) -> int:
    """A seed as a plain whole number, so that 3, `numpy.int64(3)` and `torch.tensor(3)` name one stream.

    Raises:
        DataError: it is none.
    """
    try:
        return whole(seed)  # type: ignore[arg-type]  # the question is whether it has __index__
    except TypeError as error:
        raise DataError(f"a seed is a whole number; given {seed!r}") from error
