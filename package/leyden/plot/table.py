"""Counts in a square: which class was taken for which."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from torch import Tensor

from leyden.errors import PlotError
from leyden.plot.canvas import GREY, INK, Picture, note, plain_axes, sheet, shorten, write_title

__all__ = ["confusion"]

# White to the blue of the palette and on to a darker one: lightness alone tells the values apart.
_BLUES = LinearSegmentedColormap.from_list("leyden_blues", ["#FFFFFF", "#9CCBE5", "#0072B2", "#003A5C"])
_WRITTEN = 25
_LABELLED = 90


def confusion(
    matrix: Sequence[Sequence[float]] | np.ndarray | Tensor, classes: Sequence[str], *, title: str = ""
) -> Picture:
    """Draws a confusion matrix: rows are the truth, columns what was predicted.

    Colour is the share of the row, so a rare class is judged like a common one; the numbers written are the counts
    themselves, up to 25 classes. A row without samples stays white.

    Args:
        matrix: Counts, (class, class), 0 or more.
        classes: Names in the order of the rows; long ones are shortened in the middle.
        title: Written over the picture, flush left.

    Raises:
        PlotError: If the counts are not square, do not fit the names, or are negative or not finite; all at once.
    """
    counts = _counts(matrix, classes)
    count = len(classes)
    cell = min(0.62, max(0.38, 6.0 / max(count, 1)), 11.0 / max(count, 1))
    names = shorten(classes, 24)
    margin = 0.09 * max((len(name) for name in names), default=0)
    side = max(count * cell, 1.6)
    with sheet(side + margin + 1.6, side + 0.7 * margin + 1.2) as figure:
        axes = plain_axes(figure, x_label="predicted", y_label="truth")
        axes.grid(visible=False)
        write_title(axes, title)
        if count == 0:
            note(axes, "no classes")
            return figure
        totals = counts.sum(1, keepdims=True)
        shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
        image = axes.imshow(shares, cmap=_BLUES, vmin=0.0, vmax=1.0, interpolation="nearest")
        _label(axes, names, cell)
        if count <= _WRITTEN:
            _write(axes, counts, shares, size=min(10.0, cell * 72 * 0.3))
        bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=30, pad=0.02, ticks=[0, 0.5, 1], format="{x:.0%}")
        bar.set_label("share of the true class", color=INK, fontsize=9)
        bar.ax.tick_params(colors=INK, color=GREY, labelsize=8, length=2)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    return figure


def _counts(matrix: Sequence[Sequence[float]] | np.ndarray | Tensor, classes: Sequence[str]) -> np.ndarray:
    """Reads the counts, or raises with all faults."""
    plain = matrix.detach().cpu().numpy() if isinstance(matrix, Tensor) else matrix
    counts = np.array(plain, dtype=np.float64)
    if not len(classes) and counts.size == 0:
        return counts.reshape(0, 0)
    faults = []
    if counts.shape != (len(classes), len(classes)):
        faults.append(f"{len(classes)} classes need a square of that side, got shape {counts.shape}")
    if not np.isfinite(counts).all():
        faults.append("counts must be finite")
    if (counts < 0).any():
        faults.append(f"counts must be 0 or more, the lowest is {np.nanmin(counts):g}")
    if faults:
        raise PlotError("; ".join(faults))
    return counts


def _label(axes: Axes, names: list[str], cell: float) -> None:
    """Names rows and columns, every few of them where all would overlap."""
    every = -(-len(names) // _LABELLED)
    places = list(range(0, len(names), every))
    size = min(9.5, cell * every * 72 * 0.65)
    slanted = max(map(len, names)) * size * 0.6 > cell * 72
    shown = [names[place] for place in places]
    axes.set_yticks(places, shown, fontsize=size)
    axes.set_xticks(places, shown, fontsize=size)
    if slanted:
        for text in axes.get_xticklabels():
            text.set(rotation=45, ha="right", va="top", rotation_mode="anchor")
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    edges = np.arange(len(names) + 1) - 0.5
    if len(names) <= _WRITTEN:
        axes.hlines(edges, edges[0], edges[-1], color="#EDEDED", linewidth=0.6)
        axes.vlines(edges, edges[0], edges[-1], color="#EDEDED", linewidth=0.6)


def _write(axes: Axes, counts: np.ndarray, shares: np.ndarray, *, size: float) -> None:
    """Writes every count but 0 into its cell."""
    for row, column in zip(*np.nonzero(counts), strict=True):
        ink = "white" if shares[row, column] > 0.45 else INK
        text = _brief(float(counts[row, column]))
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=size)


def _brief(count: float) -> str:
    """Writes a count in at most five signs."""
    if count >= 1e6:
        return f"{count / 1e6:.3g}M"
    return f"{count / 1e3:.3g}k" if count >= 1e4 else f"{count:.4g}"
