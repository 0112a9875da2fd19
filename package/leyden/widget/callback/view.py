"""How a callback panel looks: faults on top, then the graph, the table, the timeline or the writes."""

from collections.abc import Sequence
from html import escape
from typing import Any, get_args

import ipywidgets as widgets

from leyden.plot import arrange
from leyden.train.show import arrows_of, vertices_of
from leyden.widget.base.panel import draws
from leyden.widget.base.view import View, flow, html, labelled, put, stack
from leyden.widget.callback.page import PAGE_STYLE, faults_html, lanes_html, table_html, totals_html, writes_html
from leyden.widget.callback.panel import CallbackPanel, CallbackSection
from leyden.widget.callback.svg import SVG_STYLE, svg

__all__ = ["CallbackView"]

_NEWEST = [("newest step", 1), ("newest 5", 5), ("newest 20", 20), ("newest 100", 100), ("all that are kept", 0)]
_CHOSEN = ("as chosen", -1)


@draws(CallbackPanel)
class CallbackView(View):
    """Draws a `CallbackPanel`, and follows its run."""

    def __init__(self, panel: CallbackPanel) -> None:
        self._callbacks = panel
        self._drawn: dict[str, object] = {}
        self._offering = False
        super().__init__(panel, "Callbacks", per_second=4.0)
        if not panel.following:
            panel.follow()

    def build(self) -> Sequence[widgets.Widget]:
        """What is wrong, which section is shown, what of the run, and the section."""
        panel = self._callbacks
        self.about, self.faults = html(), html()
        self.sections = widgets.ToggleButtons(
            options=[(name.capitalize(), name) for name in get_args(CallbackSection)], style={"button_width": "auto"}
        )
        self.sections.tooltip = "What is shown"
        self.sections.add_class("leyden-sections")
        self.link(self.sections, read=lambda: panel.section, act=panel.turn_to)
        self.filters = self._filters()
        self.pages: dict[CallbackSection, widgets.HTML] = {name: html() for name in get_args(CallbackSection)}
        for page in self.pages.values():  # it keeps its place and the focus while what is in it is drawn anew
            page.add_class("leyden-page")
            page.tabbable = True
        root = stack([widgets.HTML(f"<style>{SVG_STYLE}{PAGE_STYLE}</style>", layout={"display": "none"}),
                      self.about, self.faults, self.sections, self.filters, *self.pages.values()])  # fmt: skip
        return [root]

    def refresh(self) -> None:
        """Shows the section that is chosen, drawing anew what has changed."""
        panel = self._callbacks
        put(self.about, f'<span class="quiet">{escape(repr(panel))}</span>')
        put(self.faults, faults_html(panel.faults, panel.notices))
        put(self.filters.layout, None if panel.section in ("timeline", "writes") else "none", "display")
        for name, page in self.pages.items():
            put(page.layout, None if name == panel.section else "none", "display")
        shown = self.pages[panel.section]
        if panel.section == "graph" and self._new("graph", panel.plan):
            put(shown, svg(arrange(vertices_of(panel.plan), arrows_of(panel.plan)), label=panel.words()))
        elif panel.section == "table" and self._new("table", panel.plan):
            put(shown, table_html(panel.table.rows))
        elif panel.section == "timeline":
            events = panel.events
            lanes = lanes_html(events, panel.lanes(events), panel.hooks, label=panel.told(events))
            put(shown, lanes + totals_html(panel.totals))
        elif panel.section == "writes":
            put(shown, writes_html(panel.writes))

    def _filters(self) -> widgets.DOMWidget:
        panel = self._callbacks
        self.hook, self.callback = widgets.Dropdown(), widgets.Dropdown()
        self.newest = widgets.Dropdown(options=[*_NEWEST, _CHOSEN])
        self.steps = widgets.IntRangeSlider(min=0, max=1, continuous_update=False)
        self.hook.value, self.callback.value, self.newest.value = self._hook(), self._callback(), self._newest()
        self.steps.value = self._steps()
        self.link(self.hook, read=self._hook, act=lambda hook: self._show(hook=hook))
        self.link(self.callback, read=self._callback, act=lambda name: self._show(callback=name))
        self.link(self.newest, read=self._newest, act=self._show_newest)
        self.link(self.steps, read=self._steps, act=lambda ends: panel.show(steps=tuple(ends)))
        return flow([
            labelled("hook", self.hook, tip="Which hook is shown"),
            labelled("callback", self.callback, tip="Which callback is shown"),
            labelled("steps", self.newest, tip="How many steps are shown"),
            labelled("from step, to step", self.steps, tip="Moving an end holds the picture there; arrow keys move it"),
        ])  # fmt: skip

    def _hook(self) -> str:
        chosen = self._callbacks.window.hook
        hooks = self._callbacks.hooks
        names = hooks if chosen in ("", *hooks) else (*hooks, chosen)
        self._offer(self.hook, [("all hooks", ""), *((name, name) for name in names)])
        return chosen

    def _callback(self) -> str:
        self._offer(self.callback, [("all callbacks", ""), *((name, name) for name in self._callbacks.names)])
        return self._callbacks.window.callback

    def _newest(self) -> int:
        window = self._callbacks.window
        if window.steps is not None:
            return -1
        if window.newest not in [count for _, count in _NEWEST]:
            self._offer(self.newest, [*_NEWEST, (f"newest {window.newest}", window.newest), _CHOSEN])
        return window.newest

    def _steps(self) -> tuple[int, int]:
        panel = self._callbacks
        span, last = panel.window.span(panel.log), panel.log.last()
        first, end = (span.start, span.stop - 1) if span is not None else (0, last.step if last else 0)
        shown = (max(first, 0), max(end, 0))
        put(self.steps, max(shown[1], last.step if last else 0, 1), "max")
        return shown

    def _show_newest(self, count: int) -> None:
        if count < 0:
            self._show(steps=self._steps())
        else:
            self._show(newest=count)

    def _offer(self, control: widgets.Dropdown, options: list[tuple[str, Any]]) -> None:
        """Changes what a list offers, where it does; what is chosen in it stays."""
        if list(control.options) != options:
            value, self._offering = control.value, True  # the list goes to its first line by itself: nobody chose it
            try:
                control.options = options
                control.value = value if value in [each for _, each in options] else options[0][1]
            finally:
                self._offering = False

    def _show(self, **chosen: Any) -> None:
        if not self._offering:
            self._callbacks.show(**chosen)

    def _new(self, what: str, state: object) -> bool:
        """Whether a part must be drawn again."""
        if what in self._drawn and self._drawn[what] is state:
            return False
        self._drawn[what] = state
        return True
