"""What the views of all panels share: their look, the line that says what went wrong, controls that read alike."""

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from leyden import plot
from leyden.widget.base.job import Latest
from leyden.widget.base.live import TWIN_STYLE, Names, Twin
from leyden.widget.base.panel import Fact, Panel, explain
from leyden.widget.base.svg import CURVE_STYLE

__all__ = [
    "View", "bars", "button", "facts_table", "fit_window", "flow", "heading", "html", "image", "labelled", "put",
    "stack",
]  # fmt: skip

_LOOK = """
.leyden { border: 1px solid var(--jp-border-color2, #8886); border-radius: 4px; padding: 12px 14px; max-width: 1080px;
  background: var(--jp-layout-color1, Canvas); color: var(--jp-ui-font-color1, CanvasText);
  font-family: var(--jp-ui-font-family, sans-serif); font-size: var(--jp-ui-font-size1, 13px); box-sizing: border-box; }
.leyden .widget-box { overflow: visible; }
.leyden-flow { flex-wrap: wrap; gap: 6px 16px; align-items: flex-start; }
.leyden-flow > * { margin: 0; }
.leyden-stack { gap: 10px; min-width: 0; }
.leyden-stack > * { margin: 0; }
.leyden .widget-html, .leyden .widget-html > .widget-html-content { line-height: 1.45; width: 100%; min-width: 0;
  color: inherit; font-size: inherit; overflow-wrap: break-word; }
.leyden .widget-html:has(> .widget-html-content:empty) { display: none; }
.leyden .widget-select select[size] { max-height: 230px; }
.leyden .widget-select select[size] option { white-space: normal; overflow-wrap: anywhere; }
.leyden h4 { margin: 0; font-size: 14px; font-weight: 600; }
.leyden .quiet { color: var(--jp-ui-font-color2, GrayText); }
.leyden .head { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.leyden .bad { border-left: 3px solid var(--jp-error-color1, #c62828); padding: 4px 10px;
  background: var(--jp-layout-color2, transparent); }
.leyden .state { font-weight: 600; }
.leyden .state::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%;
  margin-right: 6px; background: currentColor; }
.leyden { --good: color-mix(in srgb, #009E73 75%, var(--jp-ui-font-color1, CanvasText));
  --wary: color-mix(in srgb, #D55E00 75%, var(--jp-ui-font-color1, CanvasText)); }
.leyden .state.running, .leyden .state.finished { color: var(--good); }
.leyden .state.failed { color: var(--jp-error-color1, #d33); }
.leyden .state.paused, .leyden .state.stopping, .leyden .state.stopped,
.leyden .state.interrupted { color: var(--wary); }
.leyden .bar { height: 6px; border-radius: 3px; background: var(--jp-layout-color3, #8884); overflow: hidden; }
.leyden .bar > i { display: block; height: 100%; background: #0072B2; }
.leyden table.facts { border-collapse: collapse; font-size: inherit; }
.leyden table.facts th { text-align: left; font-weight: 400; color: var(--jp-ui-font-color2, GrayText);
  padding: 1px 16px 1px 0; vertical-align: top; min-width: 7.5em; overflow-wrap: anywhere; }
.leyden table.facts td { text-align: left; padding: 1px 0; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
.leyden .samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(86px, 1fr)); gap: 8px; margin: 0; }
.leyden .samples.large { grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); }
.leyden .samples figure { margin: 0; min-width: 0; }
.leyden .samples img { width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 3px; display: block;
  background: var(--jp-layout-color2, transparent); }
.leyden .samples figcaption { font-size: 12px; line-height: 1.3; overflow-wrap: anywhere; }
.leyden .right { color: var(--good); } .leyden .wrong { color: var(--wary); }
.leyden .right::before { content: "\\2713\\00a0"; } .leyden .wrong::before { content: "\\2717\\00a0"; }
.leyden .scroll { overflow: auto; max-height: 340px; }
.leyden pre { margin: 0; white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; font-size: 12px;
  line-height: 1.5; font-family: var(--jp-code-font-family, monospace); color: inherit; background: none; padding: 0; }
.leyden .layers { display: grid; grid-template-columns: fit-content(60%) minmax(60px, 1fr) max-content;
  max-width: 760px; gap: 3px 10px; align-items: center; font-size: 12px; font-variant-numeric: tabular-nums; }
.leyden .layers > .name { overflow-wrap: break-word; min-width: 0; }
.leyden .layers .dense > i { background: #8889; }
.leyden img.picture { max-width: 100%; height: auto; border-radius: 3px; }
.leyden .jupyter-button:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: 1px; }
.leyden .labelled { width: 250px; max-width: 100%; min-width: 0; }
.leyden .labelled > * { width: 100%; margin: 0; }
.leyden .labelled .widget-html { height: auto; }
.leyden .labelled label { font-size: 12px; color: var(--jp-ui-font-color2, GrayText); }
.leyden .half { flex: 1 1 320px; min-width: 0; }
.leyden .half .labelled { width: 100%; }
.leyden .widget-readout { min-width: 52px; }
"""

_WAITS = (
    "A cell waits for this. Buttons are heard when it has ended; ■ above the notebook stops it, and keeps what is done."
)

_PATIENCE = 1.0
"""Seconds that a cell waits before the panel says so."""

_CLOSING = 2.0
"""Seconds that a drawing at hand has to end when its panel is closed."""

_STYLE = f"<style>{_LOOK}{TWIN_STYLE}{CURVE_STYLE}</style>"


class View(ABC):
    """A front end's picture of a panel, redrawn at most so often a second however fast the panel changes.

    It only draws: it holds no state that a script could want.

    Args:
        panel: what it follows.
        title: heading of the panel.
        per_second: most redraws a second.
    """

    def __init__(self, panel: Panel, title: str, *, per_second: float = 5.0) -> None:
        self._panel = panel
        self._lock = threading.RLock()
        self._drawing = threading.Lock()
        self._links: list[_Link] = []
        self._following = False
        self._redraw = Latest(self._safely, name=f"{type(self).__name__}-redraw", per_second=per_second)
        self._note = html()
        self._failure = ""
        names, style = Twin(Names, []), widgets.HTML(_STYLE, layout={"display": "none"})
        names.layout.display = "none"
        # above the controls: a refusal at the foot of a long panel would be out of sight, and the button look dead
        self.widget = stack([style, heading(title), self._note, *self.build(), names])
        self.widget.add_class("leyden")
        self._safely()
        panel.listen(self._redraw.request)

    @abstractmethod
    def build(self) -> Sequence[widgets.Widget]:
        """The parts of the panel, top to bottom; called once."""

    @abstractmethod
    def refresh(self) -> None:
        """Brings every part to the present state of the panel; called in the background, never twice at once."""

    def settle(self, timeout: float | None = None) -> bool:
        """Waits until the present state is drawn; returns whether it is."""
        return self._redraw.settle(timeout)

    def close(self) -> None:
        """Ends drawing and closes every widget, styles and layouts included, also one that is not shown.

        A drawing at hand that waits for data is not waited for: it ends by itself, and shows nothing.
        """
        self._redraw.close(_CLOSING)
        for root in (*_held(vars(self)), self.widget):
            for widget in _family(root):
                widget.close()

    def link(self, control: widgets.DOMWidget, *, read: Callable[[], Any], act: Callable[[Any], Any]) -> None:
        """Keeps a control and a piece of the panel's state alike, whichever of them changes.

        What the user does is never undone by a redraw that began before it.

        Args:
            control: a widget with a `value`.
            read: gives the state as the control's value.
            act: sets the state; what it raises becomes the panel's message.
        """
        link = _Link(control, read, read())
        self._links.append(link)

        def heard(change: Any) -> None:
            with self._lock:
                if self._following or change["new"] == link.known:
                    return
                if self._panel.attempt(partial(act, change["new"])):
                    self._panel.attempt(link.settle)

        control.observe(heard, "value")

    def _follow(self) -> None:
        """Brings the controls to where the state is; what they report meanwhile, on this thread, is an echo."""
        for link in self._links:
            with self._lock:
                self._following = True
                try:
                    value = link.read()
                    if value != link.known:
                        link.known = value
                        put(link.control, value)
                finally:
                    self._following = False

    def _safely(self) -> None:
        with self._drawing:
            try:
                self._follow()
                self.refresh()
                self._failure = ""
            except Exception as error:  # drawn in the background: there is no caller to raise to
                self._failure = explain(error, more="while the panel was drawn")
            said, seconds = self._failure or self._panel.message, self._panel.awaited
            if seconds and seconds < _PATIENCE:
                self._redraw.request()
            waits = f'<div class="quiet" role="status">{_WAITS}</div>' if seconds >= _PATIENCE else ""
            put(self._note, f'<div class="bad" role="alert">{escape(said)}</div>' if said else waits)


@dataclass
class _Link:
    """A control, where its value comes from, and the value that both had last."""

    control: Any
    read: Callable[[], Any]
    known: Any

    def settle(self) -> None:
        """Brings the control to the state that came of what the user did, unless it stands there but for rounding.

        A browser's slider says 16.00000000000003 for 16: set back for that, it would jump while it is held.
        """
        self.known = self.read()
        if not _near(self.control.value, self.known, 0.5 * (getattr(self.control, "step", None) or 0)):
            put(self.control, self.known)


def _near(one: Any, other: Any, within: float) -> bool:
    """Whether two numbers, or the numbers of two ranges, are as good as the same."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_near(*pair, within) for pair in zip(one, other, strict=True))
    return isinstance(one, float) and isinstance(other, int | float) and abs(one - other) <= within


def put(widget: Any, value: Any, trait: str = "value") -> None:
    """Sets a trait where it differs, so that nothing is sent for nothing."""
    if getattr(widget, trait) != value:
        setattr(widget, trait, value)


def html(value: str = "") -> widgets.HTML:
    """A block of text."""
    return widgets.HTML(value, layout={"width": "100%"})


def heading(title: str) -> widgets.HTML:
    """The title of a panel."""
    return html(f"<h4>{escape(title)}</h4>")


def stack(parts: Sequence[widgets.Widget]) -> widgets.VBox:
    """Parts one below the other."""
    box = widgets.VBox(list(parts))
    box.add_class("leyden-stack")
    return box


def flow(parts: Sequence[widgets.Widget]) -> widgets.HBox:
    """Parts side by side, in further rows where there is no room."""
    box = widgets.HBox(list(parts))
    box.add_class("leyden-flow")
    return box


def button(label: str, tip: str, *, press: Callable[[], Any], icon: str = "") -> widgets.Button:
    """A button with a word on it and a longer one on hovering."""
    made = widgets.Button(description=label, tooltip=tip, icon=icon, layout={"width": "auto", "margin": "0"})
    made.on_click(lambda _: press())
    return made


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Named bars below each other, as HTML: (name, share of the full length, what to write) each."""
    cells = "".join(
        f'<span class="name">{escape(name).replace(".", ".<wbr>")}</span><span class="bar">'
        f'<i style="width:{share:.1%}"></i></span><span>{escape(told)}</span>'
        for name, share, told in rows
    )
    inner = f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(title)}">'
    return f'<b>{escape(title)}</b>{inner}<div class="layers">{cells}</div></div>'


def facts_table(rows: Sequence[Fact]) -> str:
    """Rows of what and how, as an HTML table."""
    cells = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f'<table class="facts"><tbody>{cells}</tbody></table>'


def labelled(label: str, control: widgets.DOMWidget, *, tip: str = "") -> widgets.VBox:
    """A control under its name: a long name wraps instead of being cut off."""
    control.tooltip = tip or label
    control.layout.width = "100%"
    box = widgets.VBox([html(f"<label>{escape(label)}</label>"), control])
    box.add_class("labelled")
    return box


def image(png: bytes, *, alt: str) -> str:
    """A PNG as HTML, data and all, with words for those who do not see it.

    Not widgets.Image: it takes no alternative text, and giving it a tooltip instead breaks its view in JupyterLab
    (measured with jupyterlab-widgets 3.0.17).
    """
    return f'<img class="picture" decoding="sync" alt="{escape(alt)}" src="{plot.data_uri(png)}">'


def _held(value: Any) -> list[widgets.Widget]:
    """The widgets among some values, those in lists and mappings included."""
    if isinstance(value, Mapping):
        return [widget for part in tuple(value.values()) for widget in _held(part)]
    if isinstance(value, list | tuple):
        return [widget for part in value for widget in _held(part)]
    return [value] if isinstance(value, widgets.Widget) else []


def _family(root: Any) -> list[widgets.Widget]:
    """A widget and everything in it, innermost first."""
    found = [inner for child in getattr(root, "children", ()) for inner in _family(child)]
    return [*found, *(part for name in ("layout", "style") if (part := getattr(root, name, None)) is not None), root]


def fit_window(slider: widgets.FloatRangeSlider, span: tuple[float, float], shown: tuple[float, float]) -> None:
    """Let a slider of a window go from the least to the greatest value, in round steps; what is shown always fits.

    Examples:
        >>> slider = widgets.FloatRangeSlider(value=(0.0, 1.0), min=0.0, max=1.0)
        >>> fit_window(slider, (0.0, 873.2), (12.0, 600.0))
        >>> slider.min, slider.max, slider.step
        (0.0, 874.0, 1.0)
    """
    low, high = min(span[0], shown[0]), max(span[1], shown[1])
    step = 10.0 ** math.floor(math.log10((high - low) / 200))  # round: the slider stops at multiples of it
    with slider.hold_trait_notifications():
        slider.min, slider.max = math.floor(low / step) * step, math.ceil(high / step) * step
        slider.step = step
    slider.readout_format = ".0f" if step >= 1 else ".3g"
