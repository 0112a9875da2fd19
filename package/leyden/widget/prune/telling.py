"""A pruned model in words and in pictures, for pages on which nothing runs."""

from collections.abc import Sequence

from leyden import plot
from leyden.widget.base.panel import Fact, explain
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.drawing.histogram import Histogram
from leyden.widget.prune.making import Made

__all__ = ["facts_of", "pictures_of"]


def facts_of(choice: Choice, made: Made | Exception) -> list[Fact]:
    """What was asked for, and what came of it.

    Args:
        choice: what was asked for.
        made: the model, or what was raised instead.
    """
    rows = [("asked for", str(choice))]
    if isinstance(made, Exception):
        return [*rows, ("cannot be pruned so", explain(made))]
    found = made.zeros
    left, total = sum(row.total - row.zeros for row in found.rows), sum(row.total for row in found.rows)
    rows.append(("zeros", f"{found.zeros:.1%} of what may be pruned, {found.zeros_all:.1%} of all"))
    return [*rows, ("weights left", f"{left:,} of {total:,}")]


def pictures_of(choice: Choice, layers: Sequence[Histogram], *, layer: str) -> list[tuple[str, bytes]]:
    """Bars of all layers that may be pruned, and the weights of one: (what it shows, PNG) each.

    Args:
        choice: what was asked for.
        layers: all of them; none where the choice cannot be pruned.
        layer: name of the one whose weights are shown.
    """
    shares = {one.name: one.share for one in layers if not one.spared}
    figure = plot.bars(shares, x_label="share of zeros", title=str(choice))
    drawn = [(f"Share of zeros in every layer: {choice}", plot.png(figure))]
    for one in layers:
        if one.name == layer:
            figure = plot.curves(one.steps(), x_label="weight", y_label="how many", title=one.words())
            drawn.append((one.words(), plot.png(figure)))
    return drawn
