"""How a data panel looks: one element, a page of them, and what a look through all of them found."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import get_args

import ipywidgets as widgets

from leyden.errors import PanelError
from leyden.widget.base.gallery import Thumbnails
from leyden.widget.base.panel import draws
from leyden.widget.base.view import View, button, fit_window, flow, html, image, labelled, put, stack
from leyden.widget.data.element import Part, first_volume, value_span, window_of
from leyden.widget.data.page import duplicates_html, look_html, pipeline_html, statistics_html
from leyden.widget.data.panel import DataPanel, Section
from leyden.widget.data.slices import AXES, middle
from leyden.widget.data.thumb import message

__all__ = ["DataView"]

_STYLE = """<style>
.leyden .leyden-data-columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 10px 20px; }
@container (max-width: 640px) { .leyden .leyden-data-columns { grid-template-columns: minmax(0, 1fr); } }
.leyden-data-columns > * { margin: 0; min-width: 0; }
.leyden-data { container-type: inline-size; }
.leyden .element { min-height: 300px; }
.leyden .element figure { margin: 0 0 8px; }
.leyden .element .views { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; }
.leyden .element figcaption, .leyden .element .words { font-size: 12px; color: var(--jp-ui-font-color2, GrayText); }
.leyden .element .picture { image-rendering: auto; display: block; }
.leyden .element audio { width: 100%; max-width: 460px; display: block; margin: 4px 0 8px; }
.leyden .element pre.text { max-height: 420px; overflow: auto; font-size: 13px; }
.leyden .legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; margin-bottom: 8px; }
.leyden .legend i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.leyden table.wide { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; }
.leyden table.wide th, .leyden table.wide td { text-align: left; padding: 2px 14px 2px 0; white-space: nowrap; }
.leyden table.wide th { font-weight: 600; color: var(--jp-ui-font-color2, GrayText); }
.leyden .across { overflow-x: auto; }
.leyden .leyden-data table.facts th { white-space: normal; overflow-wrap: anywhere; min-width: 76px; }
.leyden .leyden-data table.facts td { min-width: 90px; }
.leyden .leyden-data .leyden-gallery span { white-space: normal; overflow-wrap: anywhere; line-height: 1.25;
  max-height: 3.75em; }
.leyden .legend, .leyden .element .words { overflow-wrap: anywhere; }
.leyden .group { margin: 0 0 10px; }
.leyden .groups { display: flex; flex-wrap: wrap; gap: 8px 32px; }
.leyden .group pre { padding: 0; }
.leyden .group .samples { grid-template-columns: none; display: flex; flex-wrap: wrap; }
.leyden .group .samples figure { width: 104px; }
.leyden .leyden-data .leyden-flow { align-items: center; }
.leyden .leyden-data-columns.wide { grid-template-columns: minmax(0, 1fr); }
.leyden .leyden-data-columns.wide .element { min-height: 0; }
.leyden .leyden-sections .widget-toggle-buttons, .leyden .leyden-sections { width: auto; }
</style>"""

_SAMPLES = (100, 1000, 10_000)
_PATIENCE = 0.7  # seconds that a new view waits for its first page; what takes longer is drawn when it is there
_OWN_WIDTH = {"description_width": "initial"}
_SLICE = 0.3  # seconds of reading thumbnails between two drawings


@draws(DataPanel)
class DataView(View):
    """Draws a `DataPanel`."""

    def __init__(self, panel: DataPanel) -> None:
        self._data = panel
        self._drawn: dict[str, object] = {}
        self._seen: object = None
        self._grid: tuple[int, int, int] | None = None
        self._span: tuple[float, float] | None = None
        self._usual: tuple[float, float] | None = None
        self._reading = False
        super().__init__(panel, "Data", per_second=10.0)
        self._reading = True  # beside the notebook: nobody knows how long an element takes to read
        self._redraw.request()
        self.settle(_PATIENCE)

    def build(self) -> Sequence[widgets.Widget]:
        """What the data are, a look through all of them, and one section at a time."""
        panel = self._data
        self.about, self.state = html(), html()
        self.state.add_class("half")
        self.sections = widgets.ToggleButtons(
            options=[(name.capitalize(), name) for name in get_args(Section)], style={"button_width": "auto"}
        )
        self.sections.tooltip = "What is shown"
        self.sections.add_class("leyden-sections")
        self.link(self.sections, read=lambda: panel.section, act=panel.turn_to)
        self.pages: dict[Section, widgets.DOMWidget] = {
            "browse": self._browser(),
            "statistics": html(),
            "duplicates": html(),
            "pipeline": html(),
        }
        root = stack([widgets.HTML(_STYLE, layout={"display": "none"}), self.about, self.sections, self._errand()])
        root.children = (*root.children, *self.pages.values())
        root.add_class("leyden-data")
        return [root]

    def refresh(self) -> None:
        """Shows the section that is chosen, drawing anew what has changed; elements only once the panel is there."""
        panel = self._data
        put(self.about, f'<span class="quiet">{escape(repr(panel))}</span>')
        put(self.state, look_html(panel))
        put(self.begin, panel.status in ("running", "stopping"), "disabled")
        put(self.end, panel.status != "running", "disabled")
        for name, page in self.pages.items():
            put(page.layout, None if name == panel.section else "none", "display")
        shown = self.pages[panel.section]
        if panel.section == "browse":
            if self._reading:
                self._show_element()
        elif panel.section == "statistics" and self._new("statistics", panel.findings.statistics):
            put(shown, statistics_html(panel))
        elif panel.section == "duplicates" and self._new("duplicates", panel.findings.duplicates):
            put(shown, duplicates_html(panel))
        elif panel.section == "pipeline" and self._new("pipeline", panel.findings.timing):
            put(shown, pipeline_html(panel))

    def _errand(self) -> widgets.Widget:
        """The buttons that begin and end a look through all elements, and how far it is."""
        panel = self._data
        sizes = [(f"{size:,} spread evenly", size) for size in _SAMPLES if size < panel.readable]
        self.sample = widgets.Dropdown(options=[(f"all {panel.readable:,}", 0), *sizes], layout={"width": "auto"})
        self.begin = button(
            "Look through", "Statistics, duplicates and times, in the background", press=self._look, icon="search"
        )
        self.end = button(
            "Stop", "End after the present element and keep what was found",
            press=lambda: panel.attempt(panel.stop), icon="stop",
        )  # fmt: skip
        self.sample.tooltip = "Elements to read"
        return flow([self.begin, self.sample, self.end, self.state])

    def _browser(self) -> widgets.DOMWidget:
        """One element in full, how to get to others, and a page of thumbnails."""
        panel = self._data
        self.element = html()
        back = button("", "Previous element", press=lambda: panel.attempt(panel.previous), icon="arrow-left")
        forth = button("", "Next element", press=lambda: panel.attempt(panel.next), icon="arrow-right")
        self.index = widgets.BoundedIntText(
            panel.index, min=0, max=len(panel) - 1, description="element", style=_OWN_WIDTH, layout={"width": "150px"}
        )
        self.index.tooltip = f"Element, 0 to {len(panel) - 1}"
        self.link(self.index, read=lambda: panel.index, act=panel.go)
        self.wanted = widgets.Combobox(
            placeholder="class",
            options=list(panel.style.classes),
            layout={"width": "150px"},
            tooltip="Class to look for",
        )
        self.wanted.on_msg(lambda _, content, __: self._find() if content.get("event") == "submit" else None)  # Enter
        find = button("Find next", "The next element of this class", press=self._find, icon="search")
        self.overlay = widgets.Checkbox(panel.style.overlay, indent=False, description="masks and points")
        self.overlay.layout.width = "auto"
        self.link(self.overlay, read=lambda: panel.style.overlay, act=lambda on: panel.show(overlay=on))
        self.page = widgets.IntSlider(panel.page_number, min=0, max=max(panel.pages - 1, 0), continuous_update=False)
        self.link(self.page, read=lambda: panel.page_number, act=panel.page)
        self.gallery = Thumbnails(panel.index, label="element of this page")
        self.gallery.link(self, read=lambda: panel.index, act=panel.go)
        ways = flow([back, self.index, forth, self.wanted, find])
        left = stack([self._volume(), self.element])
        several = [labelled(f"page, 0 to {panel.pages - 1}", self.page)] if panel.pages > 1 else []
        right = stack([*several, self.gallery.widget])
        self.columns = widgets.Box([left, right])
        self.columns.add_class("leyden-data-columns")
        return stack([ways, self.columns])

    def _volume(self) -> widgets.Widget:
        """A slider for every axis of a volume, and one for the values shown; hidden where there is nothing to slide."""
        panel = self._data
        self.axes = [widgets.IntSlider(0, min=0, max=1) for _ in AXES]
        for axis, slider in enumerate(self.axes):
            slider.value = self._place(axis)
            self.link(slider, read=partial(self._place, axis), act=partial(self._move, axis))
        self.window = widgets.FloatRangeSlider(value=(0.0, 1.0), min=0.0, max=1.0, step=0.01)
        self.window.value = self._window()
        self.link(self.window, read=self._window, act=lambda ends: panel.show(window=ends))
        tips = (
            "slice across z (plane of y and x)",
            "slice across y (plane of z and x)",
            "slice across x (plane of z and y)",
        )
        self.axes_box = flow([labelled(tip, slider) for tip, slider in zip(tips, self.axes, strict=True)])
        self.window_box = labelled("window, black to white", self.window, tip="Values that are shown black and white")
        return stack([self.axes_box, flow([self.window_box, self.overlay])])

    def _meet(self) -> None:
        """Take in the present element: what there is to slide through. Controls ask for it often and must not wait."""
        panel = self._data
        element, plain = panel.element, replace(panel.style, window=None)
        if element is not self._seen:
            self._seen, self._grid = element, first_volume(element, plain)
            try:
                self._span, self._usual = value_span(element, plain), window_of(element, plain)
            except Exception:  # of numbers that cannot be counted, which are not drawn either
                self._span = self._usual = None
            self._follow()

    def _place(self, axis: int) -> int:
        grid = self._grid
        if grid is None:
            return self.axes[axis].value
        put(self.axes[axis], grid[axis] - 1, "max")
        chosen = self._data.style.place or middle(grid)
        return min(chosen[axis], grid[axis] - 1)

    def _move(self, axis: int, place: int) -> None:
        grid = self._grid
        if grid is not None:
            now = list(self._data.style.place or middle(grid))
            now[axis] = place
            self._data.show(place=(now[0], now[1], now[2]))

    def _window(self) -> tuple[float, float]:
        span, shown = self._span, self._usual and (self._data.style.window or self._usual)
        if span is None or shown is None:
            return self.window.value
        fit_window(self.window, span, shown)
        return shown

    def _show_element(self) -> None:
        panel = self._data
        self._meet()
        flat = self._grid is None
        put(self.axes_box.layout, "none" if flat else None, "display")
        (self.columns.remove_class if flat else self.columns.add_class)("wide")  # three slices want the whole width
        put(self.window_box.layout, "none" if self._span is None else None, "display")
        if self._new("element", (panel.epoch, panel.index, panel.style)):
            parts = panel.parts()
            put(self.element, f'<div class="element">{"".join(_part(part) for part in parts)}</div>')
            marked = any("over it" in part.words for part in parts) or not panel.style.overlay
            put(self.overlay.layout, None if marked else "none", "display")
        page = (panel.epoch, panel.page_number, panel.style.overlay, panel.style.window)
        if self._drawn.get("page") != page:
            thumbs = panel.thumbs(within=_SLICE)
            self.gallery.show([message(thumb) for thumb in thumbs])
            if any(thumb.waiting for thumb in thumbs):
                self._redraw.request()  # goes on where it is, unless one has gone to another page meanwhile
            else:
                self._drawn["page"] = page

    def _new(self, what: str, state: object) -> bool:
        """Whether a part must be drawn again."""
        if what in self._drawn and self._drawn[what] == state:
            return False
        self._drawn[what] = state
        return True

    def _find(self) -> None:
        def find() -> None:
            if not self.wanted.value.strip():
                names = ", ".join(self._data.style.classes[:8])
                raise PanelError("write the class to find" + (f", such as {names}" if names else " beside the button"))
            self._data.find(self.wanted.value.strip(), wait=False)

        self._data.attempt(find)

    def _look(self) -> None:
        self._data.attempt(lambda: self._data.look(sample=self.sample.value or None))


def _part(part: Part) -> str:
    figures = [
        f"<figure>{image(png, alt=words)}"
        + (f"<figcaption>{escape(words)}</figcaption>" if len(part.pictures) > 1 else "")
        + "</figure>"
        for words, png in (() if part.instead else part.pictures)
    ]
    told = f'<div class="words"><b>{escape(part.name)}</b> {escape(part.words)}</div>' if part.words else ""
    return f'{told}<div class="views">{"".join(figures)}</div>{part.html}'
