"""Where in its row every slot stands: lines are as straight as the room between slots lets them be."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from leyden.plot.layered.slots import Slot

__all__ = ["spread", "squeezed"]

_SWEEPS = 24
_GAP = {"box": 26.0, "tag": 16.0, "bend": 12.0}  # pixels to the neighbour, the larger one's
# A line that is bent where it passes a row looks worse than one that meets a box off its middle.
# Source: Gansner et al. 1993, A technique for drawing directed graphs, table 4-1.
_PULL = {0: 1.0, 1: 2.0, 2: 8.0}


def spread(rows: Sequence[Sequence[Slot]]) -> None:
    """Sets `x` of all slots, in place: the order within rows stays, none come too near, the leftmost begins at 0."""
    for row in rows:
        _pack(row, around=0.0)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        both = sweep >= _SWEEPS // 2  # first the shape of the whole, then straight lines
        for row in rows if down else reversed(rows):
            _settle(row, above=down or both, below=not down or both)
    left, right = _ends(row for row in rows if not _alone(row))
    for row in filter(_alone, rows):
        _pack(row, around=(left + right) / 2)
    left, _ = _ends(rows)
    for row in rows:
        for slot in row:
            slot.x -= left


def _alone(row: Sequence[Slot]) -> bool:
    return not any(slot.above or slot.below for slot in row)


def _ends(rows: Iterable[Sequence[Slot]]) -> tuple[float, float]:
    edges = [(slot.x, slot.width / 2 + slot.room) for row in rows for slot in row]
    return min((x - half for x, half in edges), default=0.0), max((x + half for x, half in edges), default=0.0)


def _pack(row: Sequence[Slot], *, around: float) -> None:
    """Puts a row as close together as it may stand."""
    places = [0.0, *accumulate(_rooms(row))]
    for slot, place in zip(row, places, strict=True):
        slot.x = place
    left, right = _ends([row])
    for slot in row:
        slot.x += around - (left + right) / 2


def _rooms(row: Sequence[Slot]) -> list[float]:
    """The distance of every slot of a row to the one before, from the second on."""
    pairs = pairwise(row)
    return [
        (one.width + two.width) / 2 + one.room + two.room + max(_GAP[one.kind], _GAP[two.kind]) for one, two in pairs
    ]


def _settle(row: Sequence[Slot], *, above: bool, below: bool) -> None:
    """Moves the slots of a row to where their neighbours want them."""
    wanted, weights = [], []
    for slot in row:
        near = (slot.above if above else []) + (slot.below if below else [])
        pulls = [(other.x, _PULL[(slot.kind != "box") + (other.kind != "box")]) for other in near]
        wanted.append(_median(pulls, slot.x) if pulls else slot.x)
        weights.append(sum(pull for _, pull in pulls) or 0.1)
    for slot, x in zip(row, squeezed(wanted, weights, _rooms(row)), strict=True):
        slot.x = x


def _median(pulls: Sequence[tuple[float, float]], now: float) -> float:
    """The place that as much weight lies left of as right; where that is a stretch, the place in it nearest to now.

    The mean would lead a line that has to go aside there in many small steps, the median does it in one.
    """
    pulls, half = sorted(pulls), sum(weight for _, weight in pulls) / 2
    passed = 0.0
    for number, (place, weight) in enumerate(pulls):
        passed += weight
        if passed > half:
            return place
        if passed == half:
            return min(max(now, place), pulls[number + 1][0])
    raise AssertionError("weights are above 0")


def squeezed(wanted: Sequence[float], weights: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Places nearest to those that are wanted, by weighted squares, each at least its room after the one before.

    Args:
        wanted: one a slot.
        weights: one a slot, above 0.
        rooms: one a slot, from the second on.

    Source:
        pool adjacent violators: Ayer et al. 1955, An empirical distribution function for sampling with incomplete
        information.

    Examples:
        >>> squeezed([0, 1], [1, 1], [5]), squeezed([0, 9], [1, 1], [5])
        ([-2.0, 3.0], [0.0, 9.0])
    """
    offset = 0.0
    blocks: list[tuple[float, float, int]] = []  # mean, weight, members
    for want, weight, room in zip(wanted, weights, [0.0, *rooms], strict=True):
        offset += room
        mean, total, members = want - offset, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, many = blocks.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, members = total + heavy, members + many
        blocks.append((mean, total, members))
    flat = [mean for mean, _, members in blocks for _ in range(members)]
    places, offset = [], 0.0
    for mean, room in zip(flat, [0.0, *rooms], strict=True):
        offset += room
        places.append(float(mean + offset))
    return places
