"""Rows of slots: a box, a label or a bend each; lines lead from a row to the next one only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from leyden.plot.layered.parts import Arrow

__all__ = ["Net", "Rows", "Slot", "slots_of"]

_SlotKind: TypeAlias = Literal["box", "tag", "bend"]


@dataclass(eq=False)
class Slot:
    """A place in a row; `room` is kept free on either side of it; `x` is its middle, and is found last."""

    kind: _SlotKind
    row: int
    width: float
    height: float
    lines: tuple[str, ...] = ()
    room: float = 0.0
    x: float = 0.0
    above: "list[Slot]" = field(default_factory=list)
    below: "list[Slot]" = field(default_factory=list)


@dataclass(eq=False)
class Net:
    """Arrows drawn as one: equal start, label and kind. `against` is one that points up, drawn from its tip."""

    arrow: Arrow
    links: list[tuple[Slot, Slot]] = field(default_factory=list)
    tag: Slot | None = None
    ends: list[Slot] = field(default_factory=list)
    against: bool = False


@dataclass(eq=False)
class Rows:
    """All slots row by row from the top, and what connects them."""

    rows: list[list[Slot]]
    nets: list[Net]
    boxes: list[Slot]


def slots_of(
    sizes: Sequence[tuple[float, float, float]],
    level: Sequence[int],
    arrows: Sequence[tuple[int, int, Arrow]],
    tags: Mapping[str, tuple[tuple[str, ...], float, float]],
) -> Rows:
    """Puts boxes on even rows, labels on odd ones, and bends wherever a line passes a row.

    Args:
        sizes: width and height of every box, and the room to either side of it.
        level: of every box.
        arrows: (from, to, arrow) by number; those that point up are turned.
        tags: lines, width and height of every label.
    """
    boxes = [
        Slot("box", 2 * row, width, height, room=room) for row, (width, height, room) in zip(level, sizes, strict=True)
    ]
    rows: list[list[Slot]] = [[] for _ in range(2 * max(level, default=-1) + 1)]
    for box in boxes:
        rows[box.row].append(box)
    nets: dict[tuple[object, ...], Net] = {}
    passed: dict[tuple[int, int], Slot] = {}
    for number, (first, then, arrow) in enumerate(arrows):
        against = level[first] > level[then]
        key = (number,) if against else (arrow.first, arrow.label, arrow.kind)
        net = nets.setdefault(key, Net(arrow, against=against))
        _lead(net, boxes[then if against else first], boxes[first if against else then], rows, passed, tags)
    found = Rows(_kept(rows), list(nets.values()), boxes)
    for net in found.nets:
        for upper, lower in net.links:
            upper.below.append(lower)
            lower.above.append(upper)
    return found


def _lead(
    net: Net,
    start: Slot,
    end: Slot,
    rows: list[list[Slot]],
    passed: dict[tuple[int, int], Slot],
    tags: Mapping[str, tuple[tuple[str, ...], float, float]],
) -> None:
    """Leads a net from a box to another one further down, along what it has already."""
    here = start
    for row in range(start.row + 1, end.row):
        key = (id(net), row)
        if key not in passed:
            if net.arrow.label and net.tag is None:
                lines, width, height = tags[net.arrow.label]
                net.tag = made = Slot("tag", row, width, height, lines)
            else:
                made = Slot("bend", row, 2.0, 0.0)
            passed[key] = made
            rows[row].append(made)
            net.links.append((here, made))
        here = passed[key]
    net.links.append((here, end))
    net.ends.append(end)


def _kept(rows: list[list[Slot]]) -> list[list[Slot]]:
    """The rows as they are: one of bends only is as thin as a line."""
    return [row for row in rows if row]
