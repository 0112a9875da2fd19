"""Lines from row to row: upright where they pass one, bent in the empty space between two."""

from collections.abc import Mapping, Sequence

from leyden.plot.layered.parts import ArrowKind, Box, Curve
from leyden.plot.layered.slots import Net, Slot
from leyden.plot.layered.spread import squeezed

__all__ = ["LOOP", "curves_of", "doors", "loop_of"]

LOOP = 26.0
"""How far a line from a box to itself reaches out, in pixels."""

_HEAD = 7.0  # length of an arrow's tip, in pixels
_APART = 14.0  # between two lines at one side of a box, where there is room
_SIDE = 0.4  # of a box's width to either side of its middle, at most

_Point = tuple[float, float]


def doors(boxes: Sequence[Slot]) -> dict[tuple[int, int], float]:
    """Where lines meet boxes: straight above or below what they lead to where they can, and apart from each other.

    Returns:
        x by the ids of a box and of the slot beside it.
    """
    found: dict[tuple[int, int], float] = {}
    for box in boxes:
        for near in (box.above, box.below):
            beside = sorted(near, key=lambda slot: slot.x)
            many, side = len(beside), _SIDE * box.width
            step = min(_APART, 2 * side / max(many - 1, 1))
            wanted = [min(max(slot.x, box.x - side), box.x + side) for slot in beside]
            places = squeezed(wanted, [1.0] * many, [step] * (many - 1)) if many else []
            for number, (slot, place) in enumerate(zip(beside, places, strict=True)):
                low, high = box.x - side + number * step, box.x + side - (many - 1 - number) * step
                found[id(box), id(slot)] = min(max(place, low), high)
    return found


def curves_of(
    net: Net, spans: Mapping[int, tuple[float, float]], found: Mapping[tuple[int, int], float]
) -> list[Curve]:
    """The lines of one net, tips and all.

    Args:
        net: with all its slots in their places.
        spans: top and bottom of every row.
        found: see `doors`.
    """
    drawn = []
    tips = () if net.arrow.kind == "clash" else [net.links[0][0]] if net.against else net.ends
    for upper, lower in net.links:
        start, end = found.get((id(upper), id(lower)), upper.x), found.get((id(lower), id(upper)), lower.x)
        (top, low), (high, bottom) = spans[upper.row], spans[lower.row]
        first, last = (top + low + upper.height) / 2, (high + bottom - lower.height) / 2
        head = None
        if net.against and upper in tips:
            head, first = (start, first, 0.0, -1.0), first + _HEAD
        elif not net.against and lower in tips:
            head, last = (end, last, 0.0, 1.0), last - _HEAD
        drawn.append(Curve(_path((start, first), (end, last), between=(low, high)), net.arrow.kind, head))
    return drawn


def _path(start: _Point, end: _Point, *, between: tuple[float, float]) -> tuple[_Point, ...]:
    """Upright to the edge of the row, across to the next row in one bend, upright again."""
    leave, enter = max(start[1], between[0]), min(end[1], between[1])
    middle = (leave + enter) / 2
    return (
        start, start, (start[0], leave), (start[0], leave),
        (start[0], middle), (end[0], middle), (end[0], enter),
        (end[0], enter), end, end,
    )  # fmt: skip


def loop_of(box: Box, kind: ArrowKind) -> Curve:
    """A line from a box to itself, on its right."""
    side, high, low = box.x + box.width / 2, box.y - box.height / 5, box.y + box.height / 5
    out = side + LOOP
    return Curve(
        ((side, high), (out, high - 8), (out, low + 8), (side + _HEAD, low)),
        kind,
        None if kind == "clash" else (side, low, -1.0, 0.0),
    )
