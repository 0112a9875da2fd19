"""How an ONNX panel looks: facts, operators, a list to search, one node in full, a trial run."""

from collections.abc import Sequence

import ipywidgets as widgets

from leyden.onnx import Summary
from leyden.widget.base.panel import draws
from leyden.widget.base.telling import bar_html, clock, state_html
from leyden.widget.base.view import View, bars, button, facts_table, flow, html, labelled, put, stack
from leyden.widget.onnx import OnnxPanel

__all__ = ["OnnxView"]

_LISTED = 500


@draws(OnnxPanel)
class OnnxView(View):
    """Draws an `OnnxPanel`."""

    def __init__(self, panel: OnnxPanel) -> None:
        self._onnx = panel
        self._drawn: Summary | None = None
        super().__init__(panel, "ONNX", per_second=8.0)

    def build(self) -> Sequence[widgets.Widget]:
        """Buttons, state, facts, operators, search, list, details."""
        panel = self._onnx
        self.verify = button(
            "Run it", "Run the file on random input and time it", press=lambda: panel.attempt(panel.verify), icon="play"
        )
        self.read = button(
            "Read again", "Read the file as it is now", press=lambda: panel.attempt(panel.read), icon="refresh"
        )
        self.stop = button("Stop", "End what is under way", press=lambda: panel.attempt(panel.stop), icon="stop")
        self.state, self.bar, self.trial, self.details, self.count = html(), html(), html(), html(), html()
        self.facts, self.operators = html(), html()
        self.text = widgets.Text(panel.text, placeholder="name, operator or module")
        self.op = widgets.Dropdown(options=[("all operators", "")], value="")
        self.nodes = widgets.Select(options=[], rows=10)
        self.link(self.text, read=lambda: panel.text, act=panel.search)
        self.link(self.op, read=self._offered, act=lambda op: panel.search(op=op))
        self.link(self.nodes, read=self._listed, act=panel.select)
        search = [labelled("search", self.text, tip="Every word must occur"), labelled("operator", self.op)]
        listed = stack([self.count, labelled("nodes", self.nodes, tip="Arrow keys walk through them")])
        details = stack([self.details])
        for box in (self.facts, self.operators, listed, details):
            box.add_class("half")
        return [
            flow([self.verify, self.read, self.stop]),
            self.state,
            self.bar,
            self.trial,
            flow([self.facts, self.operators]),
            flow(search),
            flow([listed, details]),
        ]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._onnx
        found, node, busy = panel.nodes, panel.node, panel.stage is not None
        put(self.verify, busy or not panel.is_read, "disabled")
        put(self.verify, "Running" if panel.verifying else "Run it", "description")
        put(self.read, busy, "disabled")
        put(self.read, "Read again" if panel.is_read else "Read it", "description")
        put(self.stop, panel.status != "running", "disabled")
        self._show_state()
        put(self.trial, facts_table(panel.trial.rows()) if panel.trial else "")
        put(self.details, facts_table(panel.details()) if node else '<span class="quiet">no node chosen</span>')
        self._show_summary()
        if panel.is_read:
            more = f", the first {_LISTED} are listed" if len(found) > _LISTED else ""
            told = f"{len(found):,} of {len(panel.summary.nodes):,} nodes{more}"
            put(self.count, f'<span class="quiet">{told}</span>')

    def _show_state(self) -> None:
        """What goes on, how long it took, how long it will take; a bar where one can tell."""
        panel, stage = self._onnx, self._onnx.stage
        told = [] if panel.trial or stage is not None else ["not run yet"]
        if stage is not None:
            seconds, left = panel.times
            told = [stage.what, clock(seconds), *([] if left is None else [f"about {clock(left)} left"])]
        put(self.state, state_html(panel.status, " · ".join(told)))
        put(self.bar, bar_html(stage.share, stage.what) if stage is not None and stage.expected else "")

    def _show_summary(self) -> None:
        """Facts and operators, once they are known and whenever the file was read again."""
        panel = self._onnx
        if panel.is_read and panel.summary is self._drawn:
            return
        put(self.facts, facts_table(panel.facts()))
        if panel.is_read:
            self._drawn, ops = panel.summary, panel.summary.ops
            most = max(ops.values(), default=1)
            put(self.operators, bars("Operators", [(op, count / most, f"{count:,}") for op, count in ops.items()]))

    def _offered(self) -> str:
        """Brings the operators to choose from up to date, and says which is chosen."""
        panel = self._onnx
        ops = panel.summary.ops if panel.is_read else {}
        options = [("all operators", ""), *((f"{op} ({count})", op) for op, count in ops.items())]
        if [tuple(option) for option in self.op.options] != options:
            self.op.options = options
        return panel.op

    def _listed(self) -> str:
        """Brings the list up to date, and says which of it is chosen."""
        found, node = self._onnx.nodes[:_LISTED], self._onnx.node
        options = [("choose a node", ""), *((f"{one.op}  {one.scope or one.name}", one.name) for one in found)]
        if [tuple(option) for option in self.nodes.options] != options:
            self.nodes.options = options
        return node.name if node is not None and node in found else ""
