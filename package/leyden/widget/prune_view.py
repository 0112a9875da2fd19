"""How a pruning panel looks: a share, a method, a place; bars of every layer; what it costs."""

from collections.abc import Sequence
from typing import Any, get_args

import ipywidgets as widgets

from leyden import plot
from leyden.widget.base.curve import LIVE, Line, LiveCurve
from leyden.widget.base.panel import draws
from leyden.widget.base.view import View, bars, button, facts_table, flow, html, image, labelled, put
from leyden.widget.prune import PruneMethod, PrunePanel

__all__ = ["PruneView"]


@draws(PrunePanel)
class PruneView(View):
    """Draws a `PrunePanel`."""

    def __init__(self, panel: PrunePanel) -> None:
        self._prune = panel
        super().__init__(panel, "Pruning", per_second=8.0)

    def build(self) -> Sequence[widgets.Widget]:
        """Controls, facts, trade-off, bars."""
        panel = self._prune
        span: dict[str, Any] = {"min": 0.0, "max": 0.99, "step": 0.01, "readout_format": ".0%"}
        self.sparsity = widgets.FloatSlider(panel.choice.sparsity, continuous_update=False, **span)
        self.method = widgets.Dropdown(options=get_args(PruneMethod), value=panel.choice.method)
        self.where = widgets.Dropdown(options=panel.offers, value=panel.choice.where)
        self.link(self.sparsity, read=lambda: panel.choice.sparsity, act=panel.prune)
        self.link(self.method, read=lambda: panel.choice.method, act=lambda method: panel.prune(method=method))
        self.link(self.where, read=lambda: panel.choice.where, act=lambda where: panel.prune(where=where))
        self.undo = button(
            "Undo", "Back to what was asked for before", press=lambda: panel.attempt(panel.undo), icon="undo"
        )
        self.redo = button("Redo", "Forward to what was undone", press=lambda: panel.attempt(panel.redo), icon="repeat")
        self.measure = button(
            "Measure",
            "Evaluate this choice in the background",
            press=lambda: panel.attempt(panel.measure),
            icon="check",
        )
        self.facts, self.bars = html(), html()
        self.facts.add_class("half")
        self.cost = LiveCurve(title="What it costs", axis="share pruned") if LIVE else html()
        controls = [
            labelled("share of weights to prune", self.sparsity, tip="0 keeps all; arrow keys move it by 1 %"),
            labelled("method", self.method, tip="How weights are chosen"),
            labelled("where", self.where, tip="Which weights may be pruned"),
        ]
        return [flow(controls), flow([self.undo, self.redo, self.measure]), flow([self.facts, self.cost]), self.bars]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._prune
        past, future = panel.steps
        put(self.undo, past == 0, "disabled")
        put(self.redo, future == 0, "disabled")
        put(self.measure, panel.measuring, "disabled")
        put(self.measure, "Measuring" if panel.measuring else "Measure", "description")
        put(self.facts, facts_table(panel.facts()))
        rows = [(name.removesuffix(".weight"), share, f"{share:.1%}") for name, share in panel.shares().items()]
        put(self.bars, bars("Zeros in every layer", rows))
        self._draw_cost()

    def _draw_cost(self) -> None:
        panel = self._prune
        found, dense = panel.curves(), panel.dense
        if isinstance(self.cost, LiveCurve):
            lines = [Line(name, x, y, "points") for name, (x, y) in found.items()]
            if dense is not None:
                lines.append(Line("not pruned", [0.0, 1.0], [dense, dense], "faint"))
            with self.cost.hold_sync():
                self.cost.lines = [line.message() for line in lines]
                self.cost.label = "; ".join(f"{choice}: {score:.3f}" for choice, score in panel.scores.items())
        elif dense is not None:
            drawn = plot.png(plot.tradeoff(found, reference=dense, y_label="score"))
            put(self.cost, image(drawn, alt="Score over the share pruned"))
