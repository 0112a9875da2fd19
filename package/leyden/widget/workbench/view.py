"""How a workbench looks: how everything stands in one line, what was left behind, and a tab for every panel."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, get_args

import ipywidgets as widgets

from leyden.errors import LeydenError
from leyden.widget.base.panel import draws, explain
from leyden.widget.base.telling import bar_html, clock, state_html
from leyden.widget.base.view import View, button, flow, html, labelled, put, stack
from leyden.widget.workbench.panel import Workbench, WorkbenchSection

__all__ = ["WorkbenchView"]

_STYLE = """<style>
.leyden .leyden { border: 0; padding: 0; max-width: none; }
.leyden-bench { min-width: 0; }
.leyden-bench .left-behind { margin: 0; padding-left: 18px; }
.leyden-bench .widget-tab, .leyden-bench .jupyter-widget-tab { min-width: 0; width: 100%; margin: 0; }
.leyden .leyden-bench .lm-TabBar-content { flex-wrap: wrap; }
.leyden .leyden-bench .lm-TabBar > .lm-TabBar-content > .lm-TabBar-tab { flex: 0 1 auto; min-width: 0;
  max-width: 100%; }
.leyden .leyden-bench .lm-TabBar-tabLabel { white-space: normal; overflow-wrap: anywhere;
  color: var(--jp-ui-font-color1, CanvasText); }
.leyden .leyden-bench .lm-TabBar-tab:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight);
  outline-offset: -2px; }
.leyden .leyden-bench .jupyter-widget-TabPanel-tabContents, .leyden .leyden-bench .widget-tab-contents {
  padding: 10px; min-width: 0; overflow: visible; }
</style>"""

_SECTIONS: tuple[WorkbenchSection, ...] = get_args(WorkbenchSection)


@draws(Workbench)
class WorkbenchView(View):
    """Draws a `Workbench`; a panel is put into its tab when the tab is first shown."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._at = _SECTIONS.index(bench.section)
        self._offering = False
        super().__init__(bench, "Workbench")

    def build(self) -> Sequence[widgets.Widget]:
        """The state, what was left behind, the trainings, and the tabs."""
        bench = self._bench
        self.state, self.behind, self.doing = html(), html(), html()
        self.update = self._button("Bring up to date", "Prune, fine-tune and export again, as before", self._renew)
        self.stop = self._button("Stop", "End it; no file is put in its place", bench.stop)
        self.using = widgets.Dropdown()
        self._offer()
        self.link(self.using, read=self._offer, act=self._use)
        self.choice = labelled("training in use", self.using, tip="Each with its own pruning")
        self.path = widgets.Text("network.onnx", placeholder="name of a file, ending in .onnx")
        self.replace = widgets.Checkbox(False, indent=False, description="replace", layout={"width": "auto"})
        self.replace.tooltip = "Replace a file that is there already, once the new one is verified"
        self.export = self._button("Export", "Write the network as it stands, and verify the file", self._export)
        self._form = flow([labelled("file", self.path), self.replace, self.export])
        self.slots = {section: stack([]) for section in _SECTIONS}
        self.tabs = widgets.Tab(list(self.slots.values()), selected_index=self._at)
        self.tabs.titles = list(bench.titles.values())
        self.tabs.observe(self._chosen, "selected_index")
        parts = [widgets.HTML(_STYLE, layout={"display": "none"}), self.state, self.behind]
        root = stack([*parts, flow([self.choice, self.update, self.stop]), self.doing, self.tabs])
        root.add_class("leyden-bench")
        return [root]

    def refresh(self) -> None:
        """Reads the workbench once and shows it."""
        bench = self._bench
        busy, stale = bench.status in ("running", "stopping"), bench.stale
        put(self.state, f'<div class="head" role="status">{escape(bench.summary)}</div>')
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in stale)
        put(self.behind, f'<ul class="left-behind">{items}</ul>' if stale else "")
        put(self.update.layout, None if stale and not busy else "none", "display")
        put(self.stop.layout, None if busy else "none", "display")
        put(self.stop, bench.status == "stopping", "disabled")
        put(self.choice.layout, None if len(bench.trainings) > 1 else "none", "display")
        put(self.doing, self._progress() if busy else "")
        put(self.export, busy, "disabled")
        put(self.tabs, tuple(bench.titles.values()), "titles")
        self._turn(_SECTIONS.index(bench.section))
        self._fill(bench.section)

    def _fill(self, section: WorkbenchSection) -> None:
        """Brings the panels of a tab to those there are now."""
        parts: list[widgets.Widget] = [self._form] if section == "onnx" else []
        for shown in self._shown(section):
            try:
                parts.append(shown().view.widget)
            except LeydenError as error:  # of a panel that there is not yet, or not for this workbench: said in place
                parts.append(self._note_of(section, explain(error)))
        put(self.slots[section], tuple(parts), "children")

    def _shown(self, section: WorkbenchSection) -> list[Callable[[], Any]]:
        bench = self._bench
        shown: list[Callable[[], Any]] = [lambda: getattr(bench, section)]
        return shown + ([lambda: bench.again] if section == "prune" and bench.tuned else [])

    def _note_of(self, section: WorkbenchSection, words: str) -> widgets.HTML:
        """A line in place of a panel: the one that stands there already where it says the same."""
        wanted = f'<span class="quiet">{escape(words)}</span>'
        standing = [each for each in self.slots[section].children if getattr(each, "value", None) == wanted]
        return standing[0] if standing else html(wanted)

    def _chosen(self, change: Any) -> None:
        """What the user turned to; what is shown already is an echo."""
        if change["new"] is not None and change["new"] != self._at:
            self._panel.attempt(lambda: self._bench.turn_to(_SECTIONS[change["new"]]))

    def _turn(self, index: int) -> None:
        if index != self._at:
            self._at = index
            put(self.tabs, index, "selected_index")

    def _offer(self) -> int:
        """Brings the list of trainings up to date, and says which one is in use."""
        options = [(str(training), training.number) for training in self._bench.trainings]
        using = self._bench.using
        if [tuple(option) for option in self.using.options] != options:
            self._offering = True  # the list goes to its first line by itself: nobody chose it
            try:
                self.using.options, self.using.value = options, using
            finally:
                self._offering = False
        return using

    def _use(self, number: int) -> None:
        if not self._offering:
            self._bench.use(number)

    def _progress(self) -> str:
        bench = self._bench
        (done, total), (seconds, left) = bench.progress, bench.times
        told = [bench.doing, *([str(bench.again.progress)] if bench.tuned and bench.again.status == "running" else [])]
        told += [clock(seconds), *([f"about {clock(left)} left"] if left and total == 1 else [])]
        share = seconds / (seconds + left) if left and total == 1 else done / max(1, total)
        self._redraw.request()  # time passes though nothing changes
        return state_html(bench.status, " · ".join(told)) + bar_html(share, "steps")

    def _renew(self) -> None:
        self._bench.update(wait=False)

    def _export(self) -> None:
        self._bench.export(self.path.value, replace=self.replace.value, wait=False)

    def _button(self, label: str, tip: str, act: Callable[[], Any]) -> widgets.Button:
        return button(label, tip, press=lambda: self._bench.attempt(act))
