"""Loops over volumes that numba compiles; this module is imported where numba is installed, on first use only.

One row of the new volume at a time, so that all that a row needs stays in the processor's nearest cache: the places it
reads, folded at the border; then the first of the eight voxels around each place and how far beyond it the place lies;
then channel by channel the values. No row waits for another and the interpreter's lock is not held: threads run beside
each other. Indices are unsigned: of others numba asks whether they count from the end, which is a quarter of the time.
"""

from collections.abc import Callable
from inspect import unwrap
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "Where", "average_volume", "clear", "compiled", "curve_volume", "fill_row", "fold", "pick_volume", "read_volume",
]  # fmt: skip

_Array: TypeAlias = NDArray[Any]

Where: TypeAlias = tuple[_Array, _Array, _Array, _Array, float]
"""Where a new volume reads: lines, spread, basis, ends and horizon.

lines: `row 4`, the factors of the new z, y and x and what is added give the old place; a fourth row is what the others
are divided by, and at least the horizon. spread: `row z y point`, what fields add, contracted along all axes but the
last. basis: `point x`, the weight of each lattice point at each voxel of a row, 0 but from ends[point, 0] to
ends[point, 1].
"""

_ZEROS, _REFLECTION = 0, 2

_FAST = {"contract", "reassoc", "nsz", "arcp"}
"""What the compiler may reorder; nothing that would touch NaN or infinity in an image."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile for the types it is called with; bare, without what checks its annotations while testing."""
    return cast("_Function", njit(cache=True, nogil=True, fastmath=_FAST)(unwrap(function)))


@compiled
def fold(place: _Array, count: int, mode: int, slack: float, blank: _Array) -> None:
    """Bring a row of places into 0..count - 1 as the border says; mark in `blank` what zeros hide."""
    low, high = place[0], place[0]
    for x in range(place.size):
        low, high = min(low, place[x]), max(high, place[x])
    zero, half, top = place.dtype.type(0), place.dtype.type(0.5), place.dtype.type(count - 1)
    if low >= zero and high <= top:
        return
    if mode == _ZEROS:
        for x in range(place.size):
            blank[x] |= (place[x] < -half - slack) | (place[x] > top + half + slack)
    elif mode == _REFLECTION:
        around = place.dtype.type(2 * count)
        for x in range(place.size):
            far = place[x] + half
            far -= np.floor(far / around) * around
            place[x] = min(far, around - far) - half
    for x in range(place.size):
        place[x] = min(max(place[x], zero), top)


@compiled
def _add(part: _Array, weight: float, basis: _Array) -> None:
    """Add a share of a row; a loop of its own, as only then it is known that the two do not overlap."""
    for x in range(part.size):
        part[x] += weight * basis[x]


@compiled
def fill_row(place: _Array, where: Where, z: int, y: int) -> None:
    """Fill `place`, `row x`, with where one row of the new grid reads: the line of the map, and what fields add."""
    lines, spread, basis, ends, horizon = where
    kind = place.dtype.type
    for row in range(place.shape[0]):
        line = place[row]
        first = kind(lines[row, 3] + lines[row, 0] * z + lines[row, 1] * y)
        step = kind(lines[row, 2])
        for x in range(line.size):
            line[x] = first + step * kind(x)
        for point in range(basis.shape[0]):
            begin, end = ends[point, 0], ends[point, 1]
            _add(line[begin:end], spread[row, z, y, point], basis[point, begin:end])
    if place.shape[0] == 4:
        for x in range(place.shape[1]):
            share = kind(1) / max(place[3, x], kind(horizon))
            for row in range(3):
                place[row, x] *= share


@compiled
def _blend(goal: _Array, flat: _Array, begin: _Array, start: int, beside: tuple[int, int, int], place: _Array) -> None:
    """Fill one row with the mixture of eight voxels each."""
    first, one = np.uintp(start), goal.dtype.type(1)
    down, across, right = np.uintp(beside[0]), np.uintp(beside[1]), np.uintp(beside[2])
    for x in range(goal.size):
        near = first + begin[x]
        far = near + down
        u, v, w = place[0, x], place[1, x], place[2, x]
        a = flat[near] * (one - w) + flat[near + right] * w
        b = flat[near + across] * (one - w) + flat[near + across + right] * w
        c = flat[far] * (one - w) + flat[far + right] * w
        d = flat[far + across] * (one - w) + flat[far + across + right] * w
        goal[x] = (a * (one - v) + b * v) * (one - u) + (c * (one - v) + d * v) * u


@compiled
def read_volume(
    flat: _Array, steps: tuple[int, ...], size: tuple[int, ...], where: Where, mode: int, result: _Array
) -> None:
    """Interpolate a volume between neighbours.

    Args:
        flat: its memory from the first voxel on.
        steps: how far apart in it channels, planes, rows and columns lie.
        size: voxels along each axis.
        where: see `Where`.
        mode: 0 zeros, 1 border, 2 reflection.
        result: `channel z y x`, filled.
    """
    channels, depth, height, width = result.shape
    kind, slack = result.dtype.type, result.dtype.type(5e-7 * max(size))
    place, blank = np.empty((where[0].shape[0], width), result.dtype), np.zeros(width, np.bool_)
    begin = np.empty(width, np.uintp)
    # along an axis of one voxel both neighbours are that voxel
    beside = (steps[1] * (size[0] > 1), steps[2] * (size[1] > 1), steps[3] * (size[2] > 1))
    for z in range(depth):
        for y in range(height):
            fill_row(place, where, z, y)
            blank[:] = False
            begin[:] = np.uintp(0)
            for axis in range(3):
                line, last = place[axis], max(size[axis] - 2, 0)
                fold(line, size[axis], mode, slack, blank)
                for x in range(width):
                    at = min(np.int64(line[x]), last)
                    begin[x] += np.uintp(at * steps[axis + 1])
                    line[x] -= kind(at)
            for channel in range(channels):
                goal = result[channel, z, y]
                _blend(goal, flat, begin, channel * steps[0], beside, place)
                if mode == _ZEROS:
                    clear(goal, blank)


@compiled
def _taps(place: _Array, count: int, step: int, near: _Array, weight: _Array) -> None:
    """Give the four voxels around each place of a row along one axis, and Keys' weights of them, `tap x`."""
    one, half, last = place.dtype.type(1), place.dtype.type(0.5), count - 1
    for x in range(place.size):
        at = min(np.int64(place[x]), max(last - 1, 0))
        t = place[x] - place.dtype.type(at)
        s = one - t
        near[0, x] = np.uintp(max(at - 1, 0) * step)
        near[1, x] = np.uintp(at * step)
        near[2, x] = np.uintp(min(at + 1, last) * step)
        near[3, x] = np.uintp(min(at + 2, last) * step)
        weight[0, x] = -half * t * s * s
        weight[1, x] = s + t * s * (s - half * t)
        weight[2, x] = t + t * s * (t - half * s)
        weight[3, x] = -half * t * t * s


@compiled
def _curve(goal: _Array, flat: _Array, start: int, near: _Array, weight: _Array) -> None:
    """Fill one row with the mixture of 64 voxels each; rows of them that count nowhere are left out."""
    first = np.uintp(start)
    a, b, c, d = near[2]
    u, v, w, r = weight[2]
    goal[:] = 0
    for plane in range(4):
        if not weight[0, plane].any():
            continue
        for line in range(4):
            if not weight[1, line].any():
                continue
            down, across, far, side = near[0, plane], near[1, line], weight[0, plane], weight[1, line]
            for x in range(goal.size):
                at = first + down[x] + across[x]
                mean = u[x] * flat[at + a[x]] + v[x] * flat[at + b[x]] + w[x] * flat[at + c[x]] + r[x] * flat[at + d[x]]
                goal[x] += far[x] * side[x] * mean


@compiled
def curve_volume(
    flat: _Array, steps: tuple[int, ...], size: tuple[int, ...], where: Where, mode: int, result: _Array
) -> None:
    """Interpolate a volume between two neighbours on either side; as `read_volume`."""
    channels, depth, height, width = result.shape
    slack = result.dtype.type(5e-7 * max(size))
    place, blank = np.empty((where[0].shape[0], width), result.dtype), np.zeros(width, np.bool_)
    near, weight = np.empty((3, 4, width), np.uintp), np.empty((3, 4, width), result.dtype)
    for z in range(depth):
        for y in range(height):
            fill_row(place, where, z, y)
            blank[:] = False
            for axis in range(3):
                fold(place[axis], size[axis], mode, slack, blank)
                _taps(place[axis], size[axis], steps[axis + 1], near[axis], weight[axis])
            for channel in range(channels):
                goal = result[channel, z, y]
                _curve(goal, flat, channel * steps[0], near, weight)
                if mode == _ZEROS:
                    clear(goal, blank)


@compiled
def clear(line: _Array, blank: _Array) -> None:
    """Set what is blank in a row to 0."""
    for x in range(line.size):
        if blank[x]:
            line[x] = 0


@compiled
def pick_volume(
    flat: _Array, steps: tuple[int, ...], size: tuple[int, ...], where: Where, mode: int, result: _Array
) -> None:
    """Pick the nearest voxel; as `read_volume`, with a result of any dtype and places in that of `where`."""
    channels, depth, height, width = result.shape
    place, blank = np.empty((where[0].shape[0], width), where[1].dtype), np.zeros(width, np.bool_)
    begin = np.empty(width, np.uintp)
    for z in range(depth):
        for y in range(height):
            fill_row(place, where, z, y)
            blank[:] = False
            begin[:] = np.uintp(0)
            for axis in range(3):
                line = place[axis]
                fold(line, size[axis], mode, line.dtype.type(0), blank)
                for x in range(width):
                    begin[x] += np.uintp(np.int64(np.rint(line[x])) * steps[axis + 1])
            for channel in range(channels):
                start, goal = np.uintp(channel * steps[0]), result[channel, z, y]
                for x in range(width):
                    goal[x] = flat[start + begin[x]]
                if mode == _ZEROS:
                    clear(goal, blank)


@compiled
def average_volume(
    flat: _Array, steps: tuple[int, ...], axis: int, first: _Array, weights: _Array, result: _Array
) -> None:
    """Average along one axis.

    Args:
        flat: the memory of a volume from the first voxel on; those of a row lie side by side.
        steps: how far apart in it channels, planes, rows and columns lie.
        axis: 0 for planes, 1 for rows, 2 for columns.
        first: the first voxel that each new one averages.
        weights: `new tap`, from there on.
        result: `channel z y x`, filled.
    """
    channels, depth, height, width = result.shape
    for channel in range(channels):
        for z in range(depth):
            for y in range(height):
                goal, begin = result[channel, z, y], channel * steps[0]
                if axis == 2:
                    begin += z * steps[1] + y * steps[2]
                    for x in range(width):
                        mean = weights[x, 0] * flat[np.uintp(begin + first[x])]
                        for tap in range(1, weights.shape[1]):
                            mean += weights[x, tap] * flat[np.uintp(begin + first[x] + tap)]
                        goal[x] = mean
                    continue
                new, rest = (z, y * steps[2]) if axis == 0 else (y, z * steps[1])
                goal[:] = 0
                for tap in range(weights.shape[1]):
                    start = begin + rest + (first[new] + tap) * steps[axis + 1]
                    _add(goal, weights[new, tap], flat[start : start + width])
