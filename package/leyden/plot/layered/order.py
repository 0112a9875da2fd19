"""Which slot of a row stands left of which: few lines cross."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from leyden.plot.layered.slots import Slot

__all__ = ["crossings", "untangle"]

# Orders to begin with: of 24 small random graphs (at best 16 crossings in all), 28 crossings with one, 17 with eight.
# Large graphs begin with fewer, so that none takes long: about so many slots are sorted in all.
_STARTS, _SORTED = 8, 600
_SWEEPS = 8  # down and up, of each
_KEPT = 3  # orders with equally few crossings


def untangle(rows: list[list[Slot]]) -> list[list[list[Slot]]]:
    """Orders of all rows, sorted by where the neighbours of their slots stand; those with the fewest lines that cross.

    Source:
        Sugiyama, Tagawa and Toda 1981, Methods for visual understanding of hierarchical system structures.
    """
    best, fewest = [[list(row) for row in rows]], crossings(rows)
    shuffle = Random(0).shuffle
    starts = min(_STARTS, 1 + _SORTED // max(sum(map(len, rows)), 1))
    for start in range(starts if fewest else 1):
        now = [list(row) for row in rows]
        if start:
            for row in filter(_joined, now):
                shuffle(row)
        for sweep in range(_SWEEPS):
            down = (sweep + start) % 2 == 0
            before = [list(row) for row in now]
            for row in filter(_joined, now if down else reversed(now)):
                _sort(now, row, down=down)
            _swap(now)
            found = crossings(now)
            if found < fewest:
                best, fewest = [], found
            if found == fewest and now not in best:
                best.append([list(row) for row in now])
            if sweep and now == before:
                break
        if not fewest:
            break
    return best[:_KEPT]


def _joined(row: Sequence[Slot]) -> bool:
    return any(slot.above or slot.below for slot in row)


def crossings(rows: Sequence[Sequence[Slot]]) -> int:
    """How many pairs of lines cross between neighbouring rows.

    Examples:
        >>> left, right, low, deep = (Slot("box", row, 1, 1) for row in (0, 0, 1, 1))
        >>> left.below, right.below = [deep], [low]
        >>> crossings([[left, right], [low, deep]]), crossings([[right, left], [low, deep]])
        (1, 0)
    """
    count = 0
    for upper, lower in pairwise(rows):
        place = {id(slot): number for number, slot in enumerate(lower)}
        seen: list[int] = []
        for slot in upper:
            ends = sorted(place[id(end)] for end in slot.below)
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _sort(rows: Sequence[Sequence[Slot]], row: list[Slot], *, down: bool) -> None:
    """Sorts a row by the mean place of what its slots are connected to on one side; what has none stays."""
    places = {id(slot): (number + 0.5) / len(each) for each in rows for number, slot in enumerate(each)}

    def mean(slot: Slot) -> float:
        near = slot.above if down else slot.below
        return sum(places[id(other)] for other in near) / len(near) if near else places[id(slot)]

    row.sort(key=mean)


def _swap(rows: Sequence[list[Slot]]) -> None:
    """Swaps neighbours in a row as long as that takes crossings away."""
    for row in rows:
        for _ in range(len(row)):
            moved = False
            for place in range(len(row) - 1):
                left, right = row[place], row[place + 1]
                if _between(rows, left, right) > _between(rows, right, left):
                    row[place], row[place + 1] = right, left
                    moved = True
            if not moved:
                break


def _between(rows: Sequence[Sequence[Slot]], left: Slot, right: Slot) -> int:
    """Crossings of the lines of two slots, one left of the other."""
    count = 0
    beside = {row[0].row: row for row in rows}
    for ones, others in ((left.above, right.above), (left.below, right.below)):
        if ones and others:
            place = {id(slot): number for number, slot in enumerate(beside[ones[0].row])}
            count += sum(place[id(one)] > place[id(other)] for one in ones for other in others)
    return count
