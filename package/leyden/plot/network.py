"""A directed graph as a picture: boxes, arrows between them, words on the arrows."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path

from leyden.plot.canvas import GREY, INK, PALETTE, Picture, note, sheet
from leyden.plot.layered import Arrow, Box, Curve, Layout, Tag, Vertex, arrange
from leyden.plot.layered.layout import LINE, NOTE, TITLE

__all__ = ["WRONG", "diagram"]

WRONG = "#C62828"
"""The colour of what is at fault."""

_INCH = 96.0  # pixels of a layout in an inch
_POINT = 72.0 / _INCH
_LINES = {"plain": ("#5C7080", "-", 1.3), "faint": ("#9A9A9A", (0, (4, 3)), 1.0), "wrong": (WRONG, "-", 1.8),
          "clash": (WRONG, (0, (2, 1.5)), 1.8)}  # fmt: skip
_BOXES = {"plain": ("white", "#5C7080", "-"), "source": ("#E3EFF7", PALETTE[0], "-"),
          "unknown": ("white", "#9A9A9A", (0, (4, 3))), "wrong": ("#FBEAEA", WRONG, "-")}  # fmt: skip


def diagram(vertices: Sequence[Vertex], arrows: Sequence[Arrow], *, title: str = "", width: float = 980.0) -> Picture:
    """Draws a directed graph from the top down; nothing overlaps, no line passes a box that it does not belong to.

    Args:
        vertices: no two of one name; what has the kind "source" stands on top.
        arrows: between them; those with one start and one label are drawn as one line that parts.
        title: written over the picture, flush left.
        width: pixels, 96 an inch, that boxes side by side fill at most.

    Raises:
        PlotError: two vertices have one name, or an arrow leads to or from none; all at once.

    Examples:
        >>> figure = diagram(
        ...     [Vertex("data", kind="source"), Vertex("task"), Vertex("History")],
        ...     [Arrow("data", "task", "batch"), Arrow("task", "History", "outputs.loss")],
        ... )
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['batch', 'outputs.loss', 'data', 'task', 'History']
    """
    drawn = arrange(vertices, arrows, width=width)
    head = 38.0 if title else 0.0
    wide, high = max(drawn.width, 260.0), max(drawn.height, 60.0) + head
    with sheet(wide / _INCH, high / _INCH) as figure:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1 - head / high))
        axes.set_axis_off()
        axes.set(xlim=(0, wide), ylim=(high - head, 0))
        if title:
            figure.text(14 / wide, 1 - 22 / high, title, color=INK, fontsize=12, fontweight="bold")
        if not vertices:
            note(axes, "nothing to show yet")
        _draw(axes, drawn)
    return figure


def _draw(axes: Axes, drawn: Layout) -> None:
    for curve in drawn.curves:
        _line(axes, curve)
    for tag in drawn.tags:
        _label(axes, tag)
    for box in drawn.boxes:
        _box(axes, box)


def _line(axes: Axes, curve: Curve) -> None:
    colour, style, thick = _LINES[curve.kind]
    path = Path(curve.points, [Path.MOVETO] + [Path.CURVE4] * (len(curve.points) - 1))
    axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linestyle=style, linewidth=thick, zorder=2))
    if curve.head:
        x, y, right, down = curve.head
        back, side = (x - 8 * right, y - 8 * down), (4 * down, 4 * right)
        corners = [(x, y), (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])]
        axes.add_patch(Polygon(corners, facecolor=colour, linewidth=0, zorder=2))


def _label(axes: Axes, tag: Tag) -> None:
    colour = WRONG if tag.kind in ("wrong", "clash") else "#3E5363"
    _write(axes, tag.lines, tag.x, tag.y, colour=colour)


def _write(axes: Axes, lines: Sequence[str], x: float, y: float, *, colour: str, title: bool = False) -> None:
    for place, line in enumerate(lines):
        first = title and place == 0
        axes.text(
            x,
            y + (place - (len(lines) - 1) / 2) * LINE,
            line,
            color=colour if first or not title else GREY,
            fontsize=(TITLE if first else NOTE) * _POINT,
            fontweight="bold" if first else "normal",
            ha="center",
            va="center_baseline",
            zorder=4,
        )


def _box(axes: Axes, box: Box) -> None:
    face, edge, style = _BOXES[box.vertex.kind]
    shape = FancyBboxPatch(
        (box.x - box.width / 2, box.y - box.height / 2),
        box.width,
        box.height,
        boxstyle="round,pad=0,rounding_size=6",
        facecolor=face,
        edgecolor=edge,
        linestyle=style,
        linewidth=1.3,
        zorder=3,
    )
    axes.add_patch(shape)
    colour = {"wrong": WRONG, "unknown": GREY}.get(box.vertex.kind, INK)
    _write(axes, box.lines, box.x, box.y, colour=colour, title=True)
