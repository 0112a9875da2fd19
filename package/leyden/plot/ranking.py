"""Named numbers under each other: sparsity of every layer, score of every class."""

import math
from collections.abc import Collection, Mapping

from matplotlib.axes import Axes

from leyden.plot.canvas import FAINT, GREY, INK, PALETTE, Picture, note, plain_axes, sheet, shorten, write_title

__all__ = ["bars"]

_WRITTEN = 80
_TALLEST = 16.0


def bars(
    values: Mapping[str, float],
    *,
    x_label: str,
    title: str = "",
    limit: float | None = 1.0,
    highlight: Collection[str] = (),
) -> Picture:
    """Draws one horizontal bar a name, in the order given, from top to bottom.

    Up to 80 bars carry their value; with hundreds the picture stops growing and only every few names are written.

    Args:
        values: Name to number; NaN and infinities get no bar but are named "n/a".
        x_label: What the numbers are.
        title: Written over the picture, flush left.
        limit: Where the axis ends unless a value lies beyond it, and how long the faint track behind a bar is; None
            lets the values decide.
        highlight: Names drawn in another colour; names that are not there are ignored.
    """
    names, numbers = list(values), [float(value) for value in values.values()]
    height = min(_TALLEST, 0.24 * len(names) + 1.2)
    with sheet(7.5, max(height, 1.6)) as figure:
        axes = plain_axes(figure, x_label=x_label)
        write_title(axes, title)
        if not names:
            note(axes, "nothing to show yet")
            return figure
        colours = [PALETTE[1] if name in highlight else PALETTE[0] for name in names]
        span = _draw(axes, numbers, colours, limit)
        _label(axes, names, pitch=(height - 1.2) * 72 / len(names))
        if len(names) <= _WRITTEN:
            _write(axes, numbers, gap=0.01 * span)
    return figure


def _draw(axes: Axes, numbers: list[float], colours: list[str], limit: float | None) -> float:
    """Draws tracks and bars, and returns how much of the axis they take."""
    lengths = [value if math.isfinite(value) else 0.0 for value in numbers]
    places = range(len(lengths))
    if limit is not None:
        axes.barh(places, [limit] * len(lengths), height=0.7, color=FAINT, alpha=0.55, label="_track")
    axes.barh(places, lengths, height=0.7, color=colours, label="values")
    low, high = min(0.0, *lengths), max(limit or 0.0, *lengths)
    span = (high - low) or 1.0
    axes.set_xlim(low - (0.02 * span if low < 0 else 0.0), low + span * (1.1 if len(lengths) <= _WRITTEN else 1.02))
    axes.set_ylim(max(len(lengths), 2) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.spines[["left"]].set_visible(False)
    return span


def _label(axes: Axes, names: list[str], *, pitch: float) -> None:
    """Names the bars, every few of them where all would overlap; `pitch` is their distance in points."""
    every = max(1, math.ceil(7.0 / pitch))
    places = list(range(0, len(names), every))
    shown = shorten(names, 44)
    axes.set_yticks(places, [shown[place] for place in places], fontsize=min(9.0, pitch * every * 0.8))
    axes.tick_params(axis="y", length=0)


def _write(axes: Axes, numbers: list[float], *, gap: float) -> None:
    """Writes every number at the end of its bar."""
    for place, value in enumerate(numbers):
        known = math.isfinite(value)
        text, end = (f"{value:.3g}", max(value, 0.0)) if known else ("n/a", 0.0)
        axes.text(end + gap, place, text, va="center", ha="left", fontsize=8, color=INK if known else GREY)
