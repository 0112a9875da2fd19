"""How a pruning panel looks: a share, a method, a place; what it costs; the weights of every layer; the code."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from leyden.widget.augment.copying import CopyArea
from leyden.widget.base.live import Twin
from leyden.widget.base.panel import draws
from leyden.widget.base.telling import bar_html, state_html, told_progress
from leyden.widget.base.view import View, button, facts_table, flow, html, labelled, put, stack
from leyden.widget.prune.drawing import ROW_HEAD, LayerList, chart, histogram_svg, layer_items, layer_rows
from leyden.widget.prune.look import LOOK
from leyden.widget.prune.panel import PrunePanel

__all__ = ["PruneView"]

_SHARES = {
    "50, 80, 90, 95 %": (0.5, 0.8, 0.9, 0.95),
    "every 10 %, to 90 %": tuple(tenth / 10 for tenth in range(1, 10)),
    "90, 95, 98, 99 %": (0.9, 0.95, 0.98, 0.99),
}
_MOST = 0.99  # where the slider ends, unless a script asks for more
_FIRST = 3  # methods that are ticked for a comparison
_DIGITS = 4  # of a share: a slider tells 0.5700000000000001


@draws(PrunePanel)
class PruneView(View):
    """Draws a `PrunePanel`."""

    def __init__(self, panel: PrunePanel) -> None:
        self._prune = panel
        self._drawn: dict[str, object] = {}
        super().__init__(panel, "Pruning", per_second=8.0)
        if panel.following is None and panel.measures:
            panel.follow()

    def build(self) -> Sequence[widgets.Widget]:
        """Controls on top; below them what it costs, the layers, and the code."""
        self.facts, self.cost, self.state = html(), html(), html()
        self.code = CopyArea("the code of this choice")
        left, right = stack([self.facts, self._comparison()]), stack([self.cost])
        columns, layers = widgets.Box([left, right]), self._layers()
        for box in (columns, layers):
            box.add_class("leyden-prune-columns")
        code = stack([html("<b>The code of this choice</b>"), self.code.widget])
        root = stack([
            widgets.HTML(f"<style>{LOOK}</style>", layout={"display": "none"}),
            self._controls(), self._buttons(), self.state, columns, layers, code,
        ])  # fmt: skip
        root.add_class("leyden-prune")
        return [root]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._prune
        self._show_buttons()
        self._show_state()
        layers = panel.layers
        self._show_state()
        put(self.facts, facts_table(panel.facts()))
        now = (panel.sparsity.zeros, panel.accuracy) if layers else None
        cost = chart(panel.curves(), dense=panel.dense, score=panel.score, now=now, refused=panel.trials.refused)
        put(self.cost, cost or self._nothing())
        self._show_layers()
        self.code.show(panel.code)

    def _controls(self) -> widgets.Widget:
        panel = self._prune
        span: dict[str, Any] = {
            "min": 0.0,
            "max": max(_MOST, panel.choice.sparsity),
            "step": 0.01,
            "readout_format": ".0%",
        }
        self._slid = panel.choice.sparsity
        self.sparsity = widgets.FloatSlider(panel.choice.sparsity, continuous_update=False, **span)
        self.method = widgets.Dropdown(options=panel.methods, value=panel.choice.method)
        self.where = widgets.Dropdown(options=panel.offers, value=panel.choice.where)
        self.link(self.sparsity, read=self._share, act=self._slide)
        self.link(self.method, read=lambda: panel.choice.method, act=lambda method: panel.prune(method=method))
        self.link(self.where, read=lambda: panel.choice.where, act=lambda where: panel.prune(where=where))
        return flow([
            labelled("share of weights to prune", self.sparsity, tip="0 keeps all; arrow keys move it by 1 %"),
            labelled("method", self.method, tip="How weights are chosen"),
            labelled("where", self.where, tip="Which weights may be pruned"),
        ])  # fmt: skip

    def _buttons(self) -> widgets.Widget:
        panel = self._prune
        self.undo = self._button("Undo", "Back to what was asked for before", panel.undo, "undo")
        self.redo = self._button("Redo", "Forward to what was undone", panel.redo, "repeat")
        self.measure = self._button("Measure", "Evaluate this choice in the background", panel.measure, "check")
        self.tune = self._button("Fine-tune", "Train a pruned copy in the background", panel.tune, "play")
        self.always = widgets.Checkbox(bool(panel.following), indent=False, description="measure every choice")
        self.always.layout.width = "auto"
        self.always.tooltip = "Evaluate each choice as it is made; the latest wins"
        self.link(self.always, read=lambda: bool(panel.following), act=self._keep_up)
        tip = "End measuring, comparing or tuning; what was measured is kept"
        self.stop = self._button("Stop", tip, panel.stop, "stop")
        return flow([self.undo, self.redo, self.measure, self.always, self.tune, self.stop])

    def _comparison(self) -> widgets.Widget:
        """Which methods to compare, over which shares."""
        panel = self._prune
        self.ticks = {
            name: widgets.Checkbox(place < _FIRST, indent=False, description=name, layout={"width": "auto"})
            for place, name in enumerate(panel.methods)
        }
        for tick in self.ticks.values():
            tick.observe(lambda _: self._redraw.request(), "value")
        self.shares = widgets.Dropdown(options=list(_SHARES.items()), layout={"width": "auto"})
        self.shares.tooltip = "Shares to prune"
        self.compare = self._button("Compare", "Evaluate these methods in the background", self._compare, "bar-chart")
        ticks = flow(list(self.ticks.values()))
        ticks.add_class("leyden-ticks")
        return stack([html("<b>Methods side by side</b>"), ticks, flow([self.compare, self.shares])])

    def _layers(self) -> widgets.Box:
        """Rows to click on, or rows and a list; the chosen layer in large."""
        panel = self._prune
        self.large, self.rows, self.head = html(), html(), html(ROW_HEAD)
        self.pick = widgets.Dropdown(options=[layer.name for layer in panel.layers], value=panel.layer)
        self.link(self.pick, read=lambda: panel.layer, act=panel.select)
        plain = [self.rows, labelled("layer", self.pick, tip="The layer shown in large")]
        self.list = Twin(lambda: LayerList(value=panel.layer), plain)
        if self.list.live is not None:
            self.link(self.list.live, read=lambda: panel.layer, act=panel.select)
        return widgets.Box([stack([self.head, self.list]), stack([self.large])])

    def _show_buttons(self) -> None:
        panel = self._prune
        past, future = panel.steps
        known = panel.accuracy is not None and not panel.measuring
        put(self.undo, past == 0, "disabled")
        put(self.redo, future == 0, "disabled")
        put(self.measure, panel.measuring or known, "disabled")
        put(self.measure, "Measuring" if panel.measuring else "Measured" if known else "Measure", "description")
        put(self.tune, panel.trials.busy("tune"), "disabled")
        put(self.tune, "Tuning" if panel.trials.busy("tune") else "Fine-tune", "description")
        ticked = any(tick.value for tick in self.ticks.values())
        put(self.compare, panel.trials.busy("compare") or not ticked, "disabled")
        put(self.stop, not panel.trials.status or panel.trials.stopping, "disabled")

    def _show_state(self) -> None:
        panel = self._prune
        trials, told = panel.trials, list[str]()
        (seconds, remaining), (done, total) = trials.times, trials.progress
        if trials.status:
            told = [trials.status, told_progress(0, 0, "", seconds=seconds, remaining=remaining)]
        told += [] if panel.ready else ["pruning"]
        bar = bar_html(done / max(1, total), "models compared") if trials.busy("compare") else ""
        put(self.state, f"{state_html('stopping' if trials.stopping else 'running', told)}{bar}" if told else "")

    def _show_layers(self) -> None:
        panel = self._prune
        layers, chosen = panel.layers, panel.layer
        if not self._new("layers", (layers, chosen)):
            return
        shown = next((layer for layer in layers if layer.name == chosen), None)
        put(self.large, "" if shown is None else _titled(shown.words()) + histogram_svg(shown) + _KEY)
        put(self.head, ROW_HEAD if layers else "")
        if self.list.live is not None:
            self.list.live.items = layer_items(layers)
        if not self.list.drawn:
            put(self.rows, layer_rows(layers, chosen))

    def _new(self, what: str, state: object) -> bool:
        """Whether a part must be drawn again."""
        if self._drawn.get(what) == state:
            return False
        self._drawn[what] = state
        return True

    def _share(self) -> float:
        share = self._prune.choice.sparsity
        put(self.sparsity, max(self.sparsity.max, share), "max")
        # Its own number, not the rounded one: sent back, that would undo what the user did since.
        return self._slid if round(self._slid, _DIGITS) == share else share

    def _slide(self, share: float) -> None:
        self._prune.prune(round(share, _DIGITS))
        self._slid = share

    def _keep_up(self, on: bool) -> None:
        (self._prune.follow if on else self._prune.leave)()

    def _compare(self) -> None:
        chosen = [name for name, tick in self.ticks.items() if tick.value]
        self._prune.compare(chosen, shares=self.shares.value or ())

    def _nothing(self) -> str:
        told = "nothing measured yet" if self._prune.measures else "give the panel evaluate= to see what pruning costs"
        return f'<span class="quiet">{told}</span>'

    def _button(self, label: str, tip: str, act: Callable[[], Any], icon: str) -> widgets.Button:
        return button(label, tip, press=lambda: self._prune.attempt(act), icon=icon)


_KEY = '<div class="key"><span class="kept"><i></i>kept</span><span class="pruned"><i></i>pruned</span></div>'


def _titled(words: str) -> str:
    return f"<b>{escape(words)}</b>"
