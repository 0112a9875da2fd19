"""What a graph to be drawn is made of, and what its drawing is made of: plain data, in pixels."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Arrow", "ArrowKind", "Box", "Curve", "Layout", "Tag", "Vertex", "VertexKind"]

VertexKind: TypeAlias = Literal["plain", "source", "unknown", "wrong"]
"""As any other; where things come from; not known well (grey, dashed); at fault (red)."""

ArrowKind: TypeAlias = Literal["plain", "faint", "wrong", "clash"]
"""As any other; not known well (grey, dashed); at fault (red); at fault and without a direction (red, no head)."""


@dataclass(frozen=True)
class Vertex:
    """A box: its name, which no other has; what is written in it, the name where nothing is said; what kind it is.

    Attributes:
        name: by which arrows know it.
        text: the first line; empty for the name.
        notes: further lines, smaller.
        kind: how it looks.
        hint: what hovering over it tells, where a front end can.
    """

    name: str
    text: str = ""
    notes: tuple[str, ...] = ()
    kind: VertexKind = "plain"
    hint: str = ""


@dataclass(frozen=True)
class Arrow:
    """From one vertex to another, by name; `label` may have several lines."""

    first: str
    then: str
    label: str = ""
    kind: ArrowKind = "plain"


@dataclass(frozen=True)
class Box:
    """A vertex in its place: the middle, width and height, and its lines as they fit; the first is its title."""

    vertex: Vertex
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Tag:
    """The label of an arrow in its place, the middle given; arrows with one start and one label share it."""

    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    kind: ArrowKind


@dataclass(frozen=True)
class Curve:
    """A line made of cubic pieces: (x, y) of its start, then three points a piece.

    Attributes:
        points: (x, y) each: 1 + 3 a piece.
        kind: how it looks.
        head: the tip of an arrow that ends here and where it points, as (x, y, dx, dy); None without one.
    """

    points: tuple[tuple[float, float], ...]
    kind: ArrowKind
    head: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Layout:
    """A graph in its places: pixels from the top left, 96 an inch; what is later in a list is drawn over the earlier.

    Attributes:
        width: of everything, with a margin.
        height: likewise.
        curves: lines, drawn first.
        tags: labels, drawn over lines.
        boxes: drawn last, in the order of the vertices given.
    """

    width: float
    height: float
    curves: tuple[Curve, ...]
    tags: tuple[Tag, ...]
    boxes: tuple[Box, ...]
