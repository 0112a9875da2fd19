"""Numbers over numbers: training curves, the learning-rate test, accuracy over sparsity."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from torch import Tensor

from leyden.errors import PlotError
from leyden.plot.canvas import GREY, INK, PALETTE, Picture, note, plain_axes, sheet, shorten, write_title

__all__ = ["Curve", "Numbers", "curves", "rates", "tradeoff"]

Numbers: TypeAlias = Sequence[float] | np.ndarray | Tensor
"""Real numbers in a row; NaN and infinities are gaps."""

Curve: TypeAlias = tuple[Numbers, Numbers]
"""The x and the y of one line, equally many."""

_DASHES = ("-", "--", ":", "-.")
_LEGEND_ROWS = 20
_MARKED = 40
_THICK = 20_000


def curves(
    series: Mapping[str, Curve],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    log_x: bool = False,
    smooth: float = 0.0,
) -> Picture:
    """Draws lines, one colour a name, in the order given.

    Args:
        series: Name to (x, y). NaN and infinities break a line; a single point is a dot; no points at all is said.
        x_label: With its unit.
        y_label: With its unit.
        title: Written over the picture, flush left.
        log_x: Logarithmic x axis; points at 0 or below are left out.
        smooth: Weight of the past in an exponential mean, in [0, 1), counted in points of the longest series, so that
            a sparser one is smoothed over the same stretch; the raw line stays behind, faint.

    Raises:
        PlotError: If x and y differ in length or are not plain rows of numbers, or `smooth` is out of range; all
            faults at once.
    """
    faults = [] if 0.0 <= smooth < 1.0 else [f"smooth must lie in [0, 1), not {smooth}"]
    lines = _read(series, faults, log_x=log_x)
    longest = max((len(y) for _, y in lines.values()), default=0)
    with sheet(7.5, 4.0) as figure:
        axes = plain_axes(figure, x_label=x_label, y_label=y_label)
        for index, (name, (x, y)) in enumerate(lines.items()):
            if smooth:
                axes.plot(*_thinned(x, y), color=PALETTE[index % len(PALETTE)], alpha=0.25, linewidth=1.0, gid="raw")
            _draw(axes, index, name, x, _smoothed(y, smooth ** (longest / max(len(y), 1))))
        _finish(axes, title, log_x=log_x)
    return figure


def rates(
    curve: Curve,
    *,
    suggestion: float | None = None,
    title: str = "Learning-rate test",
) -> Picture:
    """Draws the loss over the learning rates that were tried, with the suggested rate marked.

    A loss that has exploded would flatten the dip one looks for, so the axis ends a little above the first loss; the
    line runs out of the picture there.

    Args:
        curve: (rates, losses).
        suggestion: A rate to mark.
        title: Written over the picture.

    Raises:
        PlotError: If rates and losses differ in length.
    """
    ((x, y),) = _read({"loss": curve}, [], log_x=True).values()
    with sheet(7.5, 4.0) as figure:
        axes = plain_axes(figure, x_label="learning rate", y_label="loss")
        _draw(axes, 0, "loss", x, y)
        _finish(axes, title, log_x=True)
        seen = y[np.isfinite(y) & np.isfinite(x)]
        if seen.size and seen.max() > (top := seen[0] + 0.75 * (seen[0] - seen.min())) > seen.min():
            axes.set_ylim(seen.min() - 0.1 * (top - seen.min()), top)
        if suggestion is not None and suggestion > 0:
            axes.axvline(suggestion, color=PALETTE[1], linestyle="--", linewidth=1.5, gid="suggestion")
            axes.annotate(
                f"suggested: {suggestion:.2g}",
                (suggestion, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(5, -12),
                textcoords="offset points",
                color=PALETTE[1],
                fontsize=10,
            )
    return figure


def tradeoff(
    series: Mapping[str, Curve],
    *,
    reference: float,
    y_label: str,
    x_label: str = "weights removed",
    reference_name: str = "dense",
    title: str = "",
) -> Picture:
    """Draws what a score costs: scores over the share removed, against the score with nothing removed.

    Args:
        series: Name to (shares in [0, 1], scores); every measured point is marked.
        reference: The score with nothing removed, drawn as a level line.
        y_label: What the score is.
        x_label: What is removed; shown in percent.
        reference_name: Written on the level line.
        title: Written over the picture.

    Raises:
        PlotError: As `curves` does.
    """
    lines = _read(series, [], log_x=False)
    with sheet(7.5, 4.0) as figure:
        axes = plain_axes(figure, x_label=x_label, y_label=y_label)
        axes.margins(y=0.12)
        for index, (name, (x, y)) in enumerate(lines.items()):
            _draw(axes, index, name, x, y, marker="o")
        _finish(axes, title, log_x=False)
        if axes.xaxis.get_ticklocs().size:
            axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))
            _draw_level(axes, reference, shorten([reference_name], 24)[0])
    return figure


def _draw_level(axes: Axes, value: float, name: str) -> None:
    """Draws a dashed line at a value that is known, its name at the right end, where curves have usually fallen."""
    if not np.isfinite(value):
        return
    axes.axhline(value, color=GREY, linestyle=(0, (6, 3)), linewidth=1.3, gid="reference", zorder=1.5)
    axes.annotate(
        f"{name} {value:.3g}",
        (1.0, value),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 4),
        textcoords="offset points",
        ha="right",
        color=INK,
        fontsize=9,
    )


def _read(series: Mapping[str, Curve], faults: list[str], *, log_x: bool) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Turns all series into plain rows, with NaN where nothing can be drawn; raises with all faults found."""
    lines = {}
    for name, pair in series.items():
        try:
            x, y = (_row(values) for values in pair)
        except (TypeError, ValueError) as error:
            faults.append(f"series {name!r} is no pair of rows of real numbers ({error})")
            continue
        if x.shape != y.shape:
            faults.append(f"series {name!r} has {x.size} x but {y.size} y")
        lines[name] = (np.where(x > 0, x, np.nan) if log_x else x, y)
    if faults:
        raise PlotError("; ".join(faults))
    return lines


def _row(values: Numbers) -> np.ndarray:
    plain = values.detach().cpu().double().numpy() if isinstance(values, Tensor) else values
    row = np.array(plain, dtype=np.float64)
    if row.ndim != 1:
        raise ValueError(f"{row.ndim} axes instead of one")
    row[~np.isfinite(row)] = np.nan
    return row


def _smoothed(y: np.ndarray, weight: float) -> np.ndarray:
    """Takes the running mean of what came so far, the past weighted; corrected for its start at zero, gaps kept."""
    if weight == 0.0:
        return y
    means, total, share = np.full_like(y, np.nan), 0.0, 0.0
    for index in np.flatnonzero(np.isfinite(y)):
        total = weight * total + (1.0 - weight) * y[index]
        share = weight * share + (1.0 - weight)
        means[index] = total / share
    return means


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keeps the lowest and the highest point of each of many stretches: the same picture, much sooner."""
    if len(y) <= _THICK:
        return x, y
    kept = [0, len(y) - 1]
    for part in np.array_split(np.arange(len(y)), _THICK // 4):
        kept += [
            part[np.argmin(np.nan_to_num(y[part], nan=np.inf))],
            part[np.argmax(np.nan_to_num(y[part], nan=-np.inf))],
        ]
    kept = np.unique(kept)
    return x[kept], y[kept]


def _draw(axes: Axes, index: int, name: str, x: np.ndarray, y: np.ndarray, *, marker: str = "") -> None:
    """Draws one line, thinned where very long; few points are marked, or one between two gaps would not be seen."""
    few = np.isfinite(y).sum() <= _MARKED
    axes.plot(
        *_thinned(x, y),
        color=PALETTE[index % len(PALETTE)],
        linestyle=_DASHES[index // len(PALETTE) % len(_DASHES)],
        linewidth=1.8,
        marker=marker or ("o" if few else None),
        markersize=5.5 if marker else 3.5,
        label=name,
    )


def _finish(axes: Axes, title: str, *, log_x: bool) -> None:
    """Adds title, scale and legend, or says that there is nothing."""
    write_title(axes, title)
    lines = [line for line in axes.lines if line.get_gid() is None]
    points = [np.isfinite(np.asarray(line.get_xydata())).all(axis=1) for line in lines]
    if not any(seen.any() for seen in points):
        note(axes, "nothing to show yet")
        return
    if log_x:
        _scale_log(axes, np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in lines]))
    if len(lines) > 1:
        names = shorten([str(line.get_label()) for line in lines], 32)[:_LEGEND_ROWS]
        names = [f" {name}" if name.startswith("_") else name for name in names]  # matplotlib hides what starts with _
        more = len(lines) - _LEGEND_ROWS
        heading = f"first {_LEGEND_ROWS} of {len(lines)}" if more > 0 else None
        axes.legend(
            lines[:_LEGEND_ROWS],
            names,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.02),
            frameon=False,
            fontsize=9 if len(names) <= 12 else 7,
            labelcolor=INK,
            title=heading,
            title_fontsize=8,
        )


def _scale_log(axes: Axes, x: np.ndarray) -> None:
    """Makes x logarithmic with plain numbers at its ticks."""
    axes.set_xscale("log")
    decades = np.log10(np.nanmax(x) / np.nanmin(x))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if decades < 2 else (1.0,)))
    axes.xaxis.set_major_formatter(FuncFormatter(_plain_number))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _plain_number(value: float, _position: int | None) -> str:
    return f"{value:g}"
