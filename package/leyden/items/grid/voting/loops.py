"""The vote over volumes as loops that numba compiles; imported where numba is installed, on first use only.

A row at a time, as in `leyden.items.grid.kernels`: first one label of each place and whether another takes part there,
which is quick; then the vote, in the few places where there is something to decide.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from leyden.items.grid.kernels import Where, clear, compiled, fill_row, fold
from leyden.items.grid.voting.voters import PARTS

__all__ = ["Table", "vote_volume"]

_Array: TypeAlias = NDArray[Any]

Table: TypeAlias = tuple[_Array, _Array, _Array]
"""The first, near and next of a `Ballot`."""

_ZEROS = 0


@compiled
def _locate(place: _Array, step: int, table: Table, at: _Array, begin: _Array) -> None:
    """Part the places of a row along one axis into a pixel and what is beyond it; add up where voters begin."""
    first, last = table[0], table[0].size - 1
    for x in range(place.size):
        at[x] = min(np.int64(place[x]), last)
        place[x] -= place.dtype.type(at[x])
    if table[1].shape[1] > 2:
        for x in range(place.size):
            begin[x] += np.uintp(first[np.uintp(at[x])] * step)
    else:
        # where nothing is averaged each pixel is its own first, which is quicker not to look up
        for x in range(place.size):
            begin[x] += np.uintp(at[x] * step)


@compiled
def _compare(goal: _Array, mixed: _Array, flat: _Array, start: int, begin: _Array, offsets: _Array) -> None:
    """Fill one row with one label of each place, and mark where there are others."""
    base = np.uintp(start)
    for x in range(goal.size):
        goal[x] = flat[base + begin[x]]
    mixed[:] = False
    for offset in offsets[1:]:
        beyond = base + np.uintp(offset)
        for x in range(goal.size):
            mixed[x] |= flat[beyond + begin[x]] != goal[x]


@compiled
def _weigh(weight: _Array, table: Table, at: int, beyond: float) -> None:
    """Fill in what the voters along one axis weigh."""
    t = np.rint(PARTS * beyond)
    for tap in range(weight.size):
        weight[tap] = np.int64(np.rint(PARTS * ((PARTS - t) * table[1][at, tap] + t * table[2][at, tap])))


@compiled
def _count(flat: _Array, start: Any, offsets: _Array, weights: Table, labels: _Array, sums: _Array) -> int:
    """Give how many labels take part at a place; fill in which, what each weighs and its heaviest voxel, `2 label`."""
    count, voter = 0, 0
    for plane in weights[0]:
        for line in weights[1]:
            for tap in weights[2]:
                label, one, seat = flat[start + offsets[voter]], plane * line * tap, 0
                voter += 1
                while seat < count and labels[seat] != label:
                    seat += 1
                if seat == count:
                    labels[seat], sums[0, seat], sums[1, seat] = label, 0, 0
                    count += 1
                sums[0, seat] += one
                sums[1, seat] = max(sums[1, seat], one)
    return count


@compiled
def _best(labels: _Array, sums: _Array, count: int) -> int:
    """Give which weighs most; of equal ones that of the heaviest voxel, and of these the smallest label."""
    best = 0
    for seat in range(1, count):
        more, top = sums[0, seat] - sums[0, best], sums[1, seat] - sums[1, best]
        if more > 0 or (more == 0 and (top > 0 or (top == 0 and labels[seat] < labels[best]))):
            best = seat
    return best


@compiled
def _offsets(steps: tuple[int, ...], taps: tuple[int, int, int]) -> _Array:
    """Give how far from the first the voters around a place lie, in order."""
    result, voter = np.empty(taps[0] * taps[1] * taps[2], np.int64), 0
    for plane in range(taps[0]):
        for line in range(taps[1]):
            for tap in range(taps[2]):
                result[voter] = plane * steps[1] + line * steps[2] + tap * steps[3]
                voter += 1
    return result


@compiled
def vote_volume(
    flat: _Array, steps: tuple[int, ...], tables: tuple[Table, Table, Table], size: tuple[int, ...], where: Where,
    mode: int, result: _Array
) -> None:  # fmt: skip
    """Let the voxels around each place vote.

    Args:
        flat: the memory of the labels from the first voxel on.
        steps: how far apart in it channels, planes, rows and columns lie.
        tables: who takes part along each axis.
        size: voxels along each axis after averaging, in which places are counted.
        where: see `leyden.items.grid.kernels.Where`.
        mode: 0 zeros, 1 border, 2 reflection.
        result: `channel z y x`, filled.
    """
    channels, depth, height, width = result.shape
    place, at = np.empty((where[0].shape[0], width), where[1].dtype), np.empty((3, width), np.int64)
    blank, mixed, begin = np.zeros(width, np.bool_), np.zeros(width, np.bool_), np.empty(width, np.uintp)
    taps, slack = (tables[0][1].shape[1], tables[1][1].shape[1], tables[2][1].shape[1]), 5e-7 * max(size)
    weights = np.empty(taps[0], np.int64), np.empty(taps[1], np.int64), np.empty(taps[2], np.int64)
    offsets = _offsets(steps, taps)
    labels, sums = np.empty(offsets.size, flat.dtype), np.empty((2, offsets.size), np.int64)
    for z in range(depth):
        for y in range(height):
            fill_row(place, where, z, y)
            blank[:], begin[:] = False, np.uintp(0)
            for axis in range(3):
                fold(place[axis], size[axis], mode, place.dtype.type(slack), blank)
                _locate(place[axis], steps[axis + 1], tables[axis], at[axis], begin)
            for channel in range(channels):
                goal, start = result[channel, z, y], channel * steps[0]
                _compare(goal, mixed, flat, start, begin, offsets)
                for x in range(width):
                    if mixed[x]:
                        for axis in range(3):
                            _weigh(weights[axis], tables[axis], at[axis, x], place[axis, x])
                        count = _count(flat, start + np.int64(begin[x]), offsets, weights, labels, sums)
                        goal[x] = labels[_best(labels, sums, count)]
                if mode == _ZEROS:
                    clear(goal, blank)
