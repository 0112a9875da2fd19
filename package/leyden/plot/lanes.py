"""Who was at work when: a lane a name, a bar a piece of work, its colour for what it was part of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from leyden.errors import PlotError
from leyden.plot.canvas import FAINT, GREY, INK, PALETTE, Picture, note, plain_axes, sheet, shorten, write_title

__all__ = ["SHADES", "Span", "thinned", "timeline"]

SHADES = (*PALETTE, "#7A4B1E", "#5B3E99", "#6B7A00", "#9C2450", "#00696B", "#8A8F98")
"""Twelve colours: those of the palette, then darker ones for what there are more kinds of."""

_LANE, _HALF = 0.3, 0.31  # inches of a lane; half of a bar's height, in lanes
_THINNEST = 0.0012  # of the axis: a bar is never so short that it is not seen
_COLUMNS = 600  # places along the axis that bars are told apart at
_SIGN = 0.0085  # of the axis: a sign of the name of a moment
_NAMED = 12  # kinds in the legend


@dataclass(frozen=True)
class Span:
    """One piece of work.

    Attributes:
        lane: who did it.
        start: seconds.
        seconds: how long it took.
        kind: what it was part of; gives the colour.
        beside: whether it ran in a thread of its own, beside the others.
    """

    lane: str
    start: float
    seconds: float
    kind: str = ""
    beside: bool = False


def timeline(
    spans: Sequence[Span],
    *,
    lanes: Sequence[str] = (),
    marks: Mapping[str, float] | None = None,
    colours: Mapping[str, str] | None = None,
    title: str = "",
) -> Picture:
    """Draws what happened when, in milliseconds from the first of it; bars beside the others in time are hatched.

    Very many bars are thinned: of those that would cover each other the longest is drawn, in its own length.

    Args:
        spans: in any order.
        lanes: names from top to bottom; those left out come below, as they appear.
        marks: names of moments to draw lines at, such as steps: seconds, on the clock of the spans.
        colours: of kinds; left out, `SHADES`, in the order in which kinds appear.
        title: written over the picture, flush left.

    Raises:
        PlotError: a piece of work takes less than no time, or begins at no time at all.

    Examples:
        >>> figure = timeline([Span("Logger", 0.0, 0.05, "on_train_batch_end"), Span("Timer", 0.05, 0.001)])
        >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
        ['Logger', 'Timer']
    """
    _check(spans)
    names = list(dict.fromkeys([*lanes, *(span.lane for span in spans)]))
    kinds = list(dict.fromkeys(span.kind for span in spans if span.kind))
    found = {kind: SHADES[place % len(SHADES)] for place, kind in enumerate(kinds)} | dict(colours or {})
    with sheet(9.2, max(1.9, _LANE * len(names) + 1.1)) as figure:
        axes = plain_axes(figure, x_label="ms")
        write_title(axes, title)
        if spans:
            _draw(axes, spans, names, found, marks or {})
            _legend(figure, kinds, found, beside=any(span.beside for span in spans))
        else:
            note(axes, "nothing to show yet")
    return figure


def _check(spans: Sequence[Span]) -> None:
    wrong = [span for span in spans if not (span.seconds >= 0 and abs(span.start) < float("inf"))]
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise PlotError(f"work begins at a time and takes no less than none; given {wrong[0]}{more}")


def _draw(
    axes: Axes, spans: Sequence[Span], names: Sequence[str], colours: Mapping[str, str], marks: Mapping[str, float]
) -> None:
    start, end = min(span.start for span in spans), max(span.start + span.seconds for span in spans)
    length = 1000 * max(end - start, 1e-6)
    _bars(axes, thinned(spans), {name: place for place, name in enumerate(names)}, colours, (start, end))
    moments = {name: 1000 * (at - start) for name, at in marks.items() if start <= at <= end}
    _frame(axes, names, length, room=0.5 if moments else 0.0)
    _mark(axes, moments, length)


def thinned(spans: Sequence[Span], columns: int = _COLUMNS) -> list[Span]:
    """Of spans in one lane, of one kind, that begin in one of so many equal stretches of time, the longest; in order.

    Examples:
        >>> len(thinned([Span("a", place / 1000, 1e-6) for place in range(5000)], columns=500))
        500
    """
    if len(spans) <= columns:
        return sorted(spans, key=lambda span: span.start)
    start = min(span.start for span in spans)
    width = (max(span.start for span in spans) - start) / columns or 1.0
    kept: dict[tuple[str, str, bool, int], Span] = {}
    for span in spans:
        key = (span.lane, span.kind, span.beside, min(int((span.start - start) / width), columns - 1))
        if key not in kept or kept[key].seconds < span.seconds:
            kept[key] = span
    return sorted(kept.values(), key=lambda span: span.start)


def _bars(
    axes: Axes,
    spans: Sequence[Span],
    lanes: Mapping[str, int],
    colours: Mapping[str, str],
    clock: tuple[float, float],
) -> None:
    """One collection a kind: bars one by one would take a minute where there are many."""
    start, end = clock
    least = _THINNEST * (end - start)
    looks: dict[tuple[str, bool], list[list[tuple[float, float]]]] = {}
    for span in spans:
        left, lane = 1000 * (span.start - start), lanes[span.lane]
        right = left + 1000 * max(span.seconds, least)
        low, high = lane - _HALF, lane + _HALF
        corners = [(left, low), (right, low), (right, high), (left, high)]
        looks.setdefault((span.kind, span.beside), []).append(corners)
    for (kind, beside), bars in looks.items():
        drawn = PolyCollection(
            bars,
            facecolors=colours.get(kind, GREY),
            hatch="////" if beside else None,
            edgecolors="white" if beside else "none",
            linewidths=0,
        )
        axes.add_collection(drawn, autolim=False)


def _frame(axes: Axes, names: Sequence[str], length: float, *, room: float) -> None:
    """Axes of a lane a name, and room for words above them."""
    axes.set_xlim(-0.005 * length, 1.005 * length)
    axes.set_ylim(len(names) - 0.4, -0.6 - room)
    axes.set_yticks(range(len(names)), shorten(names, 34), fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines[["left"]].set_visible(False)
    for place in range(0, len(names), 2):
        axes.axhspan(place - 0.5, place + 0.5, color=FAINT, alpha=0.3, linewidth=0, zorder=0, gid="stripe")


def _mark(axes: Axes, marks: Mapping[str, float], length: float) -> None:
    """Names moments at the top: those that the names of others leave room for."""
    free = 0.0
    for name, at in sorted(marks.items(), key=lambda mark: mark[1]):
        if at >= free:
            axes.axvline(at, color=GREY, linewidth=0.8, linestyle=(0, (2, 3)), zorder=0.5)
            axes.text(at, -0.58, f" {name}", color=GREY, fontsize=8, ha="left", va="bottom")
            free = at + length * _SIGN * (len(name) + 2)


def _legend(figure: Picture, kinds: Sequence[str], colours: Mapping[str, str], *, beside: bool) -> None:
    handles = [Patch(facecolor=colours[kind], label=kind) for kind in kinds[:_NAMED]]
    if beside:
        handles.append(Patch(facecolor=GREY, edgecolor="white", hatch="////", label="in a thread of its own"))
    if not handles:
        return
    more = f"first {_NAMED} of {len(kinds)}" if len(kinds) > _NAMED else None
    figure.legend(
        handles=handles,
        loc="outside lower left",
        ncols=3,
        frameon=False,
        fontsize=8.5,
        labelcolor=INK,
        title=more,
        title_fontsize=8,
    )
