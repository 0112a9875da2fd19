"""How an augmentation panel looks: the draws, a slider for every number, the plan."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from leyden.widget.augment import AugmentPanel
from leyden.widget.base.panel import draws
from leyden.widget.base.picture import encode
from leyden.widget.base.view import View, button, flow, html, image, labelled, put
from leyden.widget.knob import Knob, Setting

__all__ = ["AugmentView"]


@draws(AugmentPanel)
class AugmentView(View):
    """Draws an `AugmentPanel`."""

    def __init__(self, panel: AugmentPanel) -> None:
        self._augment = panel
        super().__init__(panel, "Augmentation", per_second=10.0)

    def build(self) -> Sequence[widgets.Widget]:
        """Pictures, sliders, seed, plan."""
        panel = self._augment
        self.picture, self.plan = html(), html()
        self.sliders = {knob.name: _slider(knob) for knob in panel.knobs}
        for name, slider in self.sliders.items():
            self.link(slider, read=partial(self._value, name), act=partial(panel.turn, name))
        self.seed = widgets.BoundedIntText(panel.seed, min=0, max=2**31 - 1)
        self.link(self.seed, read=lambda: panel.seed, act=panel.reseed)
        self.overlay = widgets.Checkbox(panel.overlay, indent=False, description="mask and keypoints")
        self.overlay.tooltip = "Draw mask and keypoints over the image"
        self.link(self.overlay, read=lambda: panel.overlay, act=lambda shown: panel.show(overlay=shown))
        again = button(
            "Draw again", "Draw from the next seed", press=lambda: panel.attempt(panel.redraw), icon="refresh"
        )
        named = [labelled(name, slider) for name, slider in self.sliders.items()]
        seed = labelled("seed", self.seed, tip="Where the draws start; an equal seed gives equal draws")
        return [self.picture, flow([again, self.overlay] if panel.marked else [again]), flow([*named, seed]), self.plan]

    def refresh(self) -> None:
        """Draws the present numbers."""
        panel = self._augment
        names = ["as given", *(f"draw {number}" for number in range(1, len(panel.draws) + 1))]
        cells = [_figure(name, encode(cell)) for name, cell in zip(names, panel.cells(), strict=True)]
        put(self.picture, f'<div class="samples large">{"".join(cells)}</div>')
        put(self.plan, f"<b>Plan</b><pre>{escape(panel.move.plan())}</pre>")

    def _value(self, name: str) -> Setting:
        return next(knob.value for knob in self._augment.knobs if knob.name == name)


def _figure(name: str, png: bytes) -> str:
    return f'<figure>{image(png, alt=name)}<figcaption class="quiet">{name}</figcaption></figure>'


def _slider(knob: Knob) -> widgets.DOMWidget:
    span: dict[str, Any] = {
        "min": knob.low,
        "max": knob.high,
        "step": knob.step,
        "readout_format": ".1f" if knob.step > 0.1 else ".2f",
    }
    if isinstance(knob.value, tuple):
        return widgets.FloatRangeSlider(value=knob.value, **span)
    if knob.whole:
        return widgets.IntSlider(value=knob.value, **span | {"readout_format": "d"})
    return widgets.FloatSlider(value=knob.value, **span)
