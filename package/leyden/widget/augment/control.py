"""Controls of parameters: a slider for a number, two ends for a range, a list for a choice, a box to tick."""

import math
from typing import Any

import ipywidgets as widgets

from leyden.widget.augment.bounds import ends_of
from leyden.widget.augment.knob import Knob, Setting

__all__ = ["control_of", "fit", "settled", "shown_value"]


def control_of(knob: Knob) -> widgets.DOMWidget:
    """Make the control of a parameter, standing where it stands."""
    value: Any = shown_value(knob)
    if knob.kind == "switch":
        return widgets.Checkbox(value, indent=False, description="")
    if knob.kind == "choice":
        return widgets.Dropdown(options=[(str(word), word) for word in knob.options], value=value)
    span = {"min": knob.low, "max": knob.high, "step": knob.step, "readout_format": _format(knob.step)}
    if knob.kind == "span":
        return (widgets.IntRangeSlider if knob.whole else widgets.FloatRangeSlider)(value=value, **span)
    return (widgets.IntSlider if knob.whole else widgets.FloatSlider)(value=value, **span)


def shown_value(knob: Knob) -> Setting:
    """Where the control of a parameter stands; of a range always both ends."""
    return knob.span if knob.kind == "span" else knob.value


def fit(control: widgets.DOMWidget, knob: Knob) -> None:
    """Widen a slider where its parameter was set beyond its end; its ends never move inwards while it is held."""
    if knob.kind not in ("number", "span"):
        return
    slider: Any = control
    slider.min, slider.max = min(slider.min, knob.low), max(slider.max, knob.high)


def settled(knob: Knob, value: Any) -> Setting | None:
    """Give what a control says of its parameter, without the rounding of the browser; None where it says nothing new.

    A slider stands at multiples of its step only, and tells where it stands: that it was moved there by nobody shows
    in that each end is within half a step of where the parameter is.

    Examples:
        >>> from leyden.augment import Rotate
        >>> from leyden.widget.augment.knob import knobs
        >>> settled(knobs(Rotate(15.23456))[0], (-15.0, 15.0)), settled(knobs(Rotate(15))[0], (-15.0, 20.00000004))
        (None, (-15, 20.0))
    """
    if knob.kind not in ("number", "span") or knob.whole:
        return value
    old, new = ends_of(shown_value(knob)), ends_of(value)
    near = [abs(one - two) < 0.5001 * knob.step for one, two in zip(old, new, strict=True)]
    if all(near):
        return None
    kept = [one if is_near else round(two, 6) for one, two, is_near in zip(old, new, near, strict=True)]
    return (kept[0], kept[1]) if isinstance(value, tuple) else kept[0]


def _format(step: float) -> str:
    return "d" if step >= 1 and float(step).is_integer() else f".{max(0, math.ceil(-math.log10(step)))}f"
