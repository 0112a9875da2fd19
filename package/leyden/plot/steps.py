"""A pipe as a picture: its steps from top to bottom, what each reads, and the time that each takes."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from leyden.errors import PlotError
from leyden.plot.canvas import FAINT, GREY, INK, PALETTE, Picture, sheet, shorten, write_title

__all__ = ["pipeline"]

_ROW, _TALL = 0.46, 0.3  # inches from step to step, and of a box
_LANE, _MARGIN = 0.32, 0.12  # inches that a branch is set in, and between a box and its edge
_BOX, _BAR = 4.3, 1.9  # inches of the boxes and of the longest bar
_SIGNS = 8.6  # signs of 9.5 points an inch, about
_NUMBERS = 1.35  # inches for what is written after a bar


def pipeline(
    names: Sequence[str],
    beneath: Sequence[Sequence[int]],
    *,
    shares: Sequence[float] = (),
    told: Sequence[str] = (),
    title: str = "",
) -> Picture:
    """Draws steps below each other, branches set in, with arrows from what each reads and a bar for its time.

    Args:
        names: The steps, what is read first standing first; long ones are shortened in the middle.
        beneath: For every step the places of those that it reads, which stand before it.
        shares: Share of the time, 0 to 1, one a step; without them there are no bars.
        told: What to write after each bar.
        title: Written over the picture, flush left.

    Raises:
        PlotError: If the rows differ in length, or a step reads one that does not stand before it.

    Examples:
        >>> figure = pipeline(["images", "map(crop)", "batch(32)"], [(), (0,), (1,)], shares=[0.7, 0.2, 0.1])
        >>> figure.get_size_inches()[1]
        np.float64(1.62)
    """
    _check(names, beneath, shares, told)
    wide, high = _BOX + (_BAR + _NUMBERS if shares else 0.0), _ROW * max(len(names), 1) + 0.04
    head = 0.45 if title else 0.2
    words = told or [f"{share:.0%}" for share in shares]
    with sheet(wide + 0.2, high + head) as figure:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0.1 / (wide + 0.2), 0.02, wide / (wide + 0.2), high / (high + head)))
        axes.set(xlim=(0, wide), ylim=(high, 0))
        axes.set_axis_off()
        write_title(axes, title)
        _draw(axes, names, beneath)
        for step, share in enumerate(shares):
            _bar(axes, step, share / max(*shares, 1e-12), words[step])
    return figure


def _draw(axes: Axes, names: Sequence[str], beneath: Sequence[Sequence[int]]) -> None:
    lanes = _lanes(beneath)
    for step, reads in enumerate(beneath):
        for source in reads:
            _arrow(axes, source, step, lanes)
    for step, name in enumerate(names):
        _box(axes, step, lanes[step], name)


def _check(
    names: Sequence[str], beneath: Sequence[Sequence[int]], shares: Sequence[float], told: Sequence[str]
) -> None:
    faults = [] if len(names) == len(beneath) else [f"{len(names)} names for {len(beneath)} steps"]
    faults += [
        f"{len(row)} {what} for {len(beneath)} steps"
        for what, row in (("shares", shares), ("words", told))
        if len(row) not in (0, len(beneath))
    ]
    faults += [
        f"step {step} reads step {source}, which does not stand before it"
        for step, reads in enumerate(beneath)
        for source in reads
        if not 0 <= source < step
    ]
    if faults:
        raise PlotError("; ".join(faults))


def _lanes(beneath: Sequence[Sequence[int]]) -> list[int]:
    """How far each step is set in: the line from a step to one further down must pass no box between them."""
    lanes, settled = [0] * len(beneath), set[int]()
    reach: list[set[int]] = []
    for reads in beneath:
        reach.append({*reads, *(each for source in reads for each in reach[source])})
    for step in reversed(range(len(beneath))):
        sources = list(dict.fromkeys(beneath[step]))
        under = [reach[source] | {source} for source in sources]
        shared = {each for place, one in enumerate(under) for other in under[place + 1 :] for each in one & other}
        for number, below in enumerate(under):  # what several branches read stays where they come together
            for each in below - settled - shared:
                lanes[each] = lanes[step] + number + bool(shared - settled)
        for each in shared - settled:
            lanes[each] = lanes[step]
        settled |= shared
    return lanes


def _left(lane: int) -> float:
    return _MARGIN + lane * _LANE


def _middle(step: int) -> float:
    return _ROW * (step + 0.5)


def _box(axes: Axes, step: int, lane: int, name: str) -> None:
    left, wide = _left(lane), _BOX - 2 * _MARGIN - lane * _LANE
    axes.add_patch(
        FancyBboxPatch(
            (left, _middle(step) - _TALL / 2),
            wide,
            _TALL,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor="white",
            edgecolor=GREY,
            linewidth=1.0,
            zorder=3,
        )
    )
    text = shorten([name], max(8, int((wide - 0.2) * _SIGNS * 1.35)))[0]
    axes.text(left + 0.1, _middle(step), text, va="center", ha="left", fontsize=9.5, color=INK, zorder=4)


def _arrow(axes: Axes, source: int, step: int, lanes: Sequence[int]) -> None:
    """Straight down where nothing stands between, else down the lane of the source and in from the left."""
    start, end = _middle(source) + _TALL / 2, _middle(step) - _TALL / 2
    look = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}
    if step == source + 1 or lanes[step] <= lanes[source]:
        across = _left(max(lanes[source], lanes[step])) + 0.16
        axes.annotate("", (across, end), (across, start), arrowprops=look, zorder=2)
        return
    across = _left(lanes[source]) + 0.16
    axes.plot([across, across], [start, _middle(step)], color=GREY, linewidth=1.2, zorder=2, solid_capstyle="butt")
    axes.annotate("", (_left(lanes[step]), _middle(step)), (across, _middle(step)), arrowprops=look, zorder=2)


def _bar(axes: Axes, step: int, length: float, told: str) -> None:
    for long, colour in ((1.0, FAINT), (max(length, 0.004), PALETTE[0])):
        axes.barh(
            _middle(step), long * _BAR, left=_BOX, height=0.16, color=colour, alpha=0.55 if colour == FAINT else 1.0
        )
    axes.text(_BOX + _BAR + 0.08, _middle(step), told, va="center", ha="left", fontsize=9, color=INK)
