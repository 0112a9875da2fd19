"""How an augmentation panel looks: the sample beside one draw, all draws, a control for every parameter."""

from collections.abc import Sequence
from functools import partial
from html import escape
from itertools import groupby
from typing import Any, get_args

import ipywidgets as widgets

from leyden.widget.augment.control import control_of, fit, settled, shown_value
from leyden.widget.augment.copying import CopyArea
from leyden.widget.augment.drawing.marks import colour_of
from leyden.widget.augment.harm import Finding, Ranking
from leyden.widget.augment.knob import Setting
from leyden.widget.augment.panel import AugmentPanel
from leyden.widget.base.gallery import Thumbnails
from leyden.widget.base.panel import draws
from leyden.widget.base.picture import address
from leyden.widget.base.telling import bar_html, state_html, told_progress
from leyden.widget.base.view import View, button, fit_window, flow, html, labelled, put, stack

__all__ = ["AugmentView"]

_STYLE = """<style>
.leyden-augment { container-type: inline-size; }
.leyden .leyden-augment-columns { display: grid; grid-template-columns: minmax(230px, 270px) minmax(0, 1fr);
  gap: 10px 22px; align-items: start; }
.leyden .leyden-augment-below { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 10px 22px;
  align-items: start; border-top: 1px solid var(--jp-border-color2, #8884); padding-top: 10px; }
@container (max-width: 640px) { .leyden .leyden-augment-columns, .leyden .leyden-augment-below {
  grid-template-columns: minmax(0, 1fr); } .leyden .leyden-augment-columns > :first-child { order: 2; } }
.leyden-augment-columns > *, .leyden-augment-below > * { margin: 0; min-width: 0; width: auto; }
.leyden .leyden-knobs { max-height: 760px; overflow-y: auto; overflow-x: hidden; gap: 4px; }
.leyden .leyden-knobs .labelled, .leyden .leyden-where .labelled { width: 100%; }
.leyden .leyden-knobs .labelled .widget-html-content, .leyden .leyden-where .widget-html-content { line-height: 1.2; }
.leyden .leyden-knobs b { display: block; margin-top: 6px; }
.leyden .pair { display: grid; grid-template-columns: repeat(2, minmax(0, max-content)); gap: 8px; align-items: start; }
.leyden .pair.three { grid-template-columns: repeat(3, minmax(0, max-content)); }
.leyden .pair figure { margin: 0; min-width: 0; }
.leyden .pair figcaption, .leyden .lost { font-size: 12px; color: var(--jp-ui-font-color2, GrayText);
  overflow-wrap: anywhere; }
.leyden .pair img.picture { display: block; }
.leyden .legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px;
  overflow-wrap: anywhere; }
.leyden .legend i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.leyden .leyden-draws .grid { grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); }
.leyden .leyden-draws img { aspect-ratio: auto; }
.leyden .leyden-augment .leyden-flow { align-items: center; }
.leyden .leyden-worst select { font: 12px/1.5 var(--jp-ui-font-family, sans-serif); }
</style>"""

_OWN_WIDTH = {"description_width": "initial"}
_SOUGHT = (100, 200, 500, 2000)
_LISTED = 50  # findings that are listed
_NAMED = 12  # regions that the legend names
_ORDERS = {
    "all": "all losses",
    "points": "points lost",
    "boxes": "boxes lost",
    "areas": "area lost",
    "clipped": "values clipped",
}


@draws(AugmentPanel)
class AugmentView(View):
    """Draws an `AugmentPanel`."""

    def __init__(self, panel: AugmentPanel) -> None:
        self._augment = panel
        self._shown: dict[str, object] = {}
        self._by: Ranking = "all"
        self._listed: tuple[Finding, ...] = ()
        super().__init__(panel, "Augmentation", per_second=20.0)

    def build(self) -> Sequence[widgets.Widget]:
        """Controls at the left, pictures at the right; below them plan, JSON and the search."""
        self.pair, self.plan, self.lost = html(), html(), html()
        self.gallery = Thumbnails(0, label="draw")
        self.gallery.widget.add_class("leyden-draws")
        self.gallery.link(self, read=lambda: self._augment.selected, act=self._augment.select)
        controls = stack([self._where(), self._knobs()])
        pictures = stack([self._top(), self.pair, self.lost, self.gallery.widget])
        columns, below = widgets.Box([controls, pictures]), widgets.Box([self._told(), self._search()])
        columns.add_class("leyden-augment-columns")
        below.add_class("leyden-augment-below")
        root = stack([widgets.HTML(_STYLE, layout={"display": "none"}), columns, below])
        root.add_class("leyden-augment")
        return [root]

    def refresh(self) -> None:
        """Draws the present state."""
        panel = self._augment
        self._show_pair()
        self._show_draws()
        put(self.plan, f"<b>Plan</b><pre>{escape(panel.move.plan())}</pre>")
        self.json.show(panel.to_json())
        self._show_search()

    def _show_pair(self) -> None:
        panel = self._augment
        if not self._new("pair", (panel.draw, panel.selected, panel.style)):
            return
        pair = panel.pair()
        figures = [
            f'<figure><img class="picture" decoding="sync" alt="{escape(words)}" src="{address(pixels)}">'
            f"<figcaption>{escape(words)}</figcaption></figure>"
            for words, pixels in pair
        ]
        put(self.pair, f'<div class="pair{" three" if len(pair) > 2 else ""}">{"".join(figures)}</div>')
        put(self.lost, f'{self._legend()}<div class="lost">draw {panel.selected + 1}: {escape(panel.lost())}</div>')

    def _show_draws(self) -> None:
        panel = self._augment
        if not self._new("draws", (panel.draws, panel.style)):
            return
        self.gallery.show([_item(number, pixels) for number, pixels in enumerate(panel.cells()[1:])])

    def _new(self, what: str, state: object) -> bool:
        """Whether a part must be drawn again."""
        if self._shown.get(what) == state:
            return False
        self._shown[what] = state
        return True

    def _top(self) -> widgets.Widget:
        """Seed, number of draws, what is drawn over the image."""
        panel = self._augment
        again = button(
            "Draw again", "Draw from the next seed", press=lambda: panel.attempt(panel.redraw), icon="refresh"
        )
        self.seed = widgets.BoundedIntText(
            panel.seed, min=0, max=2**53 - 1, description="seed", style=_OWN_WIDTH, layout={"width": "172px"}
        )
        self.seed.tooltip = "Where the draws start; an equal seed gives equal draws"
        self.link(self.seed, read=lambda: panel.seed, act=panel.reseed)
        self.count = widgets.BoundedIntText(
            len(panel.draws), min=1, max=24, description="draws", style=_OWN_WIDTH, layout={"width": "104px"}
        )
        self.count.tooltip = "Draws shown"
        self.link(self.count, read=lambda: len(panel.draws), act=lambda many: panel.reseed(panel.seed, count=many))
        self.overlay, self.difference = (
            widgets.Checkbox(on, indent=False, description=word, layout={"width": "auto"})
            for on, word in ((panel.style.overlay, "overlay"), (panel.style.difference, "difference"))
        )
        self.overlay.tooltip = "Draw masks, heat maps, points, boxes and outlines over the image"
        self.difference.tooltip = "Show what the selected draw changed"
        self.link(self.overlay, read=lambda: panel.style.overlay, act=lambda on: panel.show(overlay=on))
        self.link(self.difference, read=lambda: panel.style.difference, act=lambda on: panel.show(difference=on))
        ticks = [self.overlay, self.difference] if panel.scenery.marked else [self.difference]
        return flow([again, self.seed, self.count, *ticks])

    def _where(self) -> widgets.Widget:
        """Which slice, which channel, which window; nothing for colours."""
        panel, scenery = self._augment, self._augment.scenery
        parts: list[widgets.Widget] = []
        if scenery.facings:
            names = [(facing.name, facing.axis) for facing in scenery.facings]
            self.axis = widgets.ToggleButtons(options=names, style={"button_width": "auto"})
            self.axis.tooltip = "Which way slices are cut"
            self.link(self.axis, read=lambda: panel.style.axis, act=lambda axis: panel.show(axis=axis))
            self.place = widgets.IntSlider(0, min=0, max=max(scenery.size) - 1)
            self.place.value = self._place()
            self.link(self.place, read=self._place, act=lambda place: panel.show(place=place))
            self.planes = widgets.Checkbox(panel.style.planes == "three", indent=False, description="in three planes")
            self.planes.layout.width = "auto"
            self.planes.tooltip = "Show the sample and the selected draw in all three planes"
            self.link(
                self.planes,
                read=lambda: panel.style.planes == "three",
                act=lambda on: panel.show(planes="three" if on else "one"),
            )
            parts += [self.axis, labelled("slice", self.place), self.planes]
        if scenery.channels > 1:
            self.channel = widgets.Dropdown(options=[(name, one) for one, name in enumerate(scenery.channel_names)])
            self.link(self.channel, read=lambda: panel.style.channel or 0, act=lambda one: panel.show(channel=one))
            parts.append(labelled("channel", self.channel))
        if scenery.span != (0.0, 1.0):
            self.window = widgets.FloatRangeSlider(value=(0.0, 1.0), min=0.0, max=1.0)
            self.window.value = self._window()
            self.link(self.window, read=self._window, act=lambda ends: panel.show(window=ends))
            parts.append(labelled("window, black to white", self.window))
        box = stack(parts)
        box.add_class("leyden-where")
        return box

    def _knobs(self) -> widgets.Widget:
        """A control for every parameter, under the transform that it belongs to."""
        panel = self._augment
        self.controls = {knob.name: control_of(knob) for knob in panel.knobs}
        parts: list[widgets.Widget] = []
        for owner, group in groupby(panel.knobs, key=lambda knob: (knob.paths[0][:-1], knob.label.partition(".")[0])):
            parts.append(html(f"<b>{escape(owner[1])}</b>"))
            for knob in group:
                control = self.controls[knob.name]
                self.link(control, read=partial(self._value, knob.name), act=partial(self._turn, knob.name))
                parts.append(labelled(knob.label.partition(".")[2], control, tip=f"{knob.name}: {knob.about}"))
        box = stack(parts or [html('<span class="quiet">no parameters</span>')])
        box.add_class("leyden-knobs")
        return box

    def _told(self) -> widgets.Widget:
        """The plan, and the selected draw to copy."""
        self.json = CopyArea("the selected draw as JSON")
        return stack([self.plan, html("<b>Selected draw as JSON</b>"), self.json.widget])

    def _search(self) -> widgets.Widget:
        """What begins and ends the search for the worst draws, how far it is, and what it found."""
        panel = self._augment
        self.sought = widgets.Dropdown(options=[(f"{count:,} draws", count) for count in _SOUGHT], value=200)
        self.order = widgets.Dropdown(options=[(_ORDERS[by], by) for by in get_args(Ranking)])
        self.sought.layout.width = self.order.layout.width = "auto"
        self.sought.tooltip = "How many draws to look at"
        self.order.tooltip = "What the draws are ranked by"
        self.order.observe(self._rank, "value")
        self.begin = button("Search", "Look at many draws in the background", press=self._seek, icon="search")
        self.end = button(
            "Stop", "End the search and keep what was found", press=lambda: panel.attempt(panel.stop), icon="stop"
        )
        self.state = html()
        self.findings = widgets.Select(options=[], rows=8, layout={"width": "100%"})
        self.findings.tooltip = "Draws that take away most, first; choose one to see it"
        self.findings.observe(self._pick, "value")
        title = html("<b>Find the draw that breaks my labels</b>")
        box = stack(
            [title, flow([self.begin, self.sought, self.end, _word("rank by"), self.order]), self.state, self.findings]
        )
        box.add_class("leyden-worst")
        return box

    def _turn(self, name: str, value: Setting) -> None:
        """Set a parameter, unless a slider only reports where it had to stand: at the nearest of its steps."""
        knob = next(knob for knob in self._augment.knobs if knob.name == name)
        moved = settled(knob, value)
        if moved is not None:
            self._augment.turn(name, moved)

    def _value(self, name: str) -> Setting:
        knob = next(knob for knob in self._augment.knobs if knob.name == name)
        fit(self.controls[name], knob)
        return shown_value(knob)

    def _place(self) -> int:
        style, size = self._augment.style, self._augment.scenery.size
        put(self.place, size[style.axis] - 1, "max")
        return style.places[style.axis]

    def _window(self) -> tuple[float, float]:
        scenery = self._augment.scenery
        shown = scenery.window(self._augment.style)
        fit_window(self.window, scenery.span, shown)
        return shown

    def _legend(self) -> str:
        panel = self._augment
        if not panel.style.overlay:
            return ""
        names = [(label, panel.regions.get(label, f"label {label}")) for label in panel.scenery.labels[:_NAMED]]
        names += [(number, name) for number, name in enumerate(panel.scenery.heat_names, start=1)]
        chips = [f'<span><i style="background:{colour_of(label)}"></i>{escape(name)}</span>' for label, name in names]
        more = len(panel.scenery.labels) - _NAMED
        chips += [f"<span>and {more} more</span>"] if more > 0 else []
        return f'<div class="legend">{"".join(chips)}</div>' if chips else ""

    def _show_search(self) -> None:
        panel = self._augment
        busy = panel.status in ("running", "stopping")
        (done, total), (seconds, remaining) = panel.progress, panel.times
        put(self.begin, busy, "disabled")
        put(self.end, panel.status != "running", "disabled")
        found = panel.findings(self._by)[:_LISTED]
        told = told_progress(done, total, "draws", seconds=seconds, remaining=remaining)
        bar = bar_html(done / total if total else 0.0, "draws looked at") if busy else ""
        none = "not searched yet" if panel.status == "idle" else "not searched with these parameters yet"
        known = busy or found or panel.status == "failed"
        put(self.state, f"{state_html(panel.status, told)}{bar}" if known else f'<span class="quiet">{none}</span>')
        if found != self._listed:
            self._listed = found
            lines = [f"seed {each.seed}: {each.words(panel.regions)}" for each in found]
            options = [(_breakable(line), rank) for rank, line in enumerate(lines)]
            with self.findings.hold_trait_notifications():
                self.findings.options = options
                self.findings.value = None

    def _seek(self) -> None:
        self._augment.attempt(lambda: self._augment.worst(self.sought.value or _SOUGHT[0], wait=False))

    def _rank(self, change: Any) -> None:
        self._by = change["new"]
        self._augment.say("")

    def _pick(self, change: Any) -> None:
        rank = change["new"]
        if rank is not None and rank < len(self._listed):
            self._augment.attempt(lambda: self._augment.pick(self._listed[rank]))


def _item(number: int, pixels: Any) -> dict[str, Any]:
    """A draw as the gallery takes it."""
    title = f"draw {number + 1}"
    return {"index": number, "source": address(pixels), "words": "", "caption": title, "title": title, "broken": False}


def _word(text: str) -> widgets.HTML:
    made = html(escape(text))
    made.layout.width = "auto"
    return made


def _breakable(line: str) -> str:
    """Lets a line of a list break between words: ipywidgets makes every space in it one that holds."""
    return line.replace(" ", " \N{ZERO WIDTH SPACE}").replace("\N{ZERO WIDTH SPACE}%", "%")
