"""What each old pixel weighs when labels vote."""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from leyden.items.grid.affine import Size
from leyden.items.grid.prefilter import bands, blur

__all__ = ["PARTS", "Ballot", "ballot", "ballots"]

PARTS = 256
"""Places between pixels are counted in so many parts when labels vote, so that equal weights are equal numbers."""


@final
@dataclass(frozen=True, eq=False)
class Ballot:
    """The old pixels along one axis that linear reading looks at, averaging included.

    Args:
        count: pixels along the axis after averaging; places are counted in these.
        first: for each of them but the last, the first old pixel that it or the next one averages.
        near: `pixel tap`, how much of it is each old pixel from there on; rows sum to 1.
        next: the same of the next one. A place at t beyond a pixel mixes the two as 1 - t and t.
    """

    count: int
    first: NDArray[np.int64]
    near: NDArray[np.float32]
    next: NDArray[np.float32]


@lru_cache(maxsize=64)
def ballot(fine: int, coarse: int, *, side: float = 0.0) -> Ballot:
    """Say what each old pixel weighs in linear reading along one axis.

    Args:
        fine: pixels before averaging.
        coarse: pixels after.
        side: the weight of each neighbour on the coarser grid, as in a `Blur`.

    Examples:
        >>> halved = ballot(6, 3)
        >>> halved.first.tolist(), halved.near[0].tolist(), halved.next[0].tolist()
        ([0, 2], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5])
    """
    begin, weights = np.arange(fine), np.ones((fine, 1))
    if coarse != fine or side:
        begin, weights = bands(fine, coarse, side=side)
    pairs = max(1, coarse - 1)
    ends = (begin[:pairs], weights[:pairs]), (begin[-pairs:], weights[-pairs:])
    taps = int((begin[-pairs:] - begin[:pairs]).max()) + weights.shape[1]
    first = np.minimum(begin[:pairs], fine - taps)
    tables = np.zeros((2, pairs, taps), np.float32)
    for table, (start, part) in zip(tables, ends, strict=True):
        at = (start - first)[:, None] + np.arange(part.shape[1])
        np.put_along_axis(table, at, part.astype(np.float32), 1)
    return Ballot(coarse, first, *tables)


def ballots(size: Size, widths: tuple[float, ...]) -> list[Ballot]:
    """Give the ballot of each axis, for a move that may shrink.

    Args:
        size: pixels along each axis.
        widths: old pixels a new one covers, one an axis.

    Examples:
        >>> [each.count for each in ballots((6, 6), (2.0, 1.0))]
        [3, 6]
    """
    plan = blur(size, widths)
    return [ballot(*each, side=side) for *each, side in zip(size, plan.coarse, plan.sides, strict=True)]
