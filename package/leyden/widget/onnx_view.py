"""How an ONNX panel looks: facts, operators, a list to search, one node in full, a trial run."""

from collections.abc import Sequence

import ipywidgets as widgets

from leyden.widget.base.panel import draws
from leyden.widget.base.view import View, bars, button, facts_table, flow, html, labelled, put, stack
from leyden.widget.onnx import OnnxPanel

__all__ = ["OnnxView"]

_LISTED = 500


@draws(OnnxPanel)
class OnnxView(View):
    """Draws an `OnnxPanel`."""

    def __init__(self, panel: OnnxPanel) -> None:
        self._onnx = panel
        super().__init__(panel, "ONNX", per_second=8.0)

    def build(self) -> Sequence[widgets.Widget]:
        """Facts, trial, operators, search, list, details."""
        panel = self._onnx
        self.verify = button(
            "Run it", "Run the file on random input and time it", press=lambda: panel.attempt(panel.verify), icon="play"
        )
        self.trial, self.details, self.count = html(), html(), html()
        ops = [("all operators", ""), *((f"{op} ({count})", op) for op, count in panel.summary.ops.items())]
        self.trial.add_class("half")
        self.text = widgets.Text(panel.text, placeholder="words of a name, operator or module")
        self.op = widgets.Dropdown(options=ops, value=panel.op)
        self.nodes = widgets.Select(options=[], rows=10)
        self.link(self.text, read=lambda: panel.text, act=panel.search)
        self.link(self.op, read=lambda: panel.op, act=lambda op: panel.search(op=op))
        self.link(self.nodes, read=self._listed, act=panel.select)
        search = [labelled("search", self.text, tip="Every word must occur"), labelled("operator", self.op)]
        listed = stack([self.count, labelled("nodes", self.nodes, tip="Arrow keys walk through them")])
        listed.add_class("half")
        details = stack([self.details])
        details.add_class("half")
        most = max(panel.summary.ops.values(), default=1)
        rows = [(op, count / most, f"{count:,}") for op, count in panel.summary.ops.items()]
        facts, operators = html(facts_table(panel.facts())), html(bars("Operators", rows))
        facts.add_class("half")
        operators.add_class("half")
        ran = flow([self.verify, self.trial])
        return [flow([facts, operators]), ran, flow(search), flow([listed, details])]

    def refresh(self) -> None:
        """Reads the panel once and shows it."""
        panel = self._onnx
        found, node = panel.nodes, panel.node
        more = f", the first {_LISTED} are listed" if len(found) > _LISTED else ""
        put(self.count, f'<span class="quiet">{len(found):,} of {len(panel.summary.nodes):,} nodes{more}</span>')
        put(self.details, facts_table(panel.details()) if node else '<span class="quiet">no node chosen</span>')
        put(self.verify, panel.verifying, "disabled")
        put(self.verify, "Running" if panel.verifying else "Run it", "description")
        put(self.trial, facts_table(panel.trial.rows()) if panel.trial else "")

    def _listed(self) -> str:
        """Brings the list up to date, and says which of it is chosen."""
        found, node = self._onnx.nodes[:_LISTED], self._onnx.node
        options = [("choose a node", ""), *((f"{one.op}  {one.scope or one.name}", one.name) for one in found)]
        if [tuple(option) for option in self.nodes.options] != options:
            self.nodes.options = options
        return node.name if node is not None and node in found else ""
