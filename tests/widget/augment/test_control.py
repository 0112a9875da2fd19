import ipywidgets as widgets
import pytest

from leyden.augment import Flip, Maybe, RandomCrop, Rotate, Zoom
from leyden.widget.augment.control import control_of, fit, settled, shown_value
from leyden.widget.augment.knob import knobs, turned

MOVE = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | RandomCrop(16)
KINDS = {
    "Flip.axis": widgets.Dropdown,
    "Maybe.p": widgets.FloatSlider,
    "Rotate.degrees": widgets.FloatRangeSlider,
    "Zoom.low..high": widgets.FloatRangeSlider,
    "RandomCrop.shape[0]": widgets.IntSlider,
}


def named(move):
    return {knob.name: knob for knob in knobs(move, largest=64)}


@pytest.mark.parametrize("name", KINDS)
def test_a_control_is_of_its_kind_and_stands_where_the_parameter_does(name):
    knob = named(MOVE)[name]
    control = control_of(knob)
    assert type(control) is KINDS[name]
    assert control.value == shown_value(knob)


def test_a_slider_stands_at_a_multiple_of_its_step_so_that_the_browser_does_not_move_it():
    for knob in named(MOVE).values():
        if knob.kind in ("number", "span"):
            control = control_of(knob)
            for end in control.value if isinstance(control.value, tuple) else (control.value,):
                steps = (end - control.min) / control.step
                assert abs(steps - round(steps)) < 1e-6


def test_a_slider_that_reports_its_rounded_place_turns_nothing():
    knob = named(Rotate((-15.23456, 15.23456)))["Rotate.degrees"]
    assert settled(knob, (-15.0, 15.0)) is None
    assert settled(knob, (-15.0, 30.00000001)) == (-15.23456, 30.0)
    assert settled(named(MOVE)["Maybe.p"], 0.70000001) == 0.7
    assert settled(named(MOVE)["Flip.axis"], "y") == "y"


def test_a_slider_widens_for_what_is_scripted_beyond_its_end():
    knob = named(MOVE)["Zoom.low..high"]
    control = control_of(knob)
    further = named(turned(MOVE, knob, (0.9, 77.0)))["Zoom.low..high"]
    fit(control, further)
    control.value = (0.9, 77.0)
    assert control.value == (0.9, 77.0)
