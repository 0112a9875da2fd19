import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment import (
    Brightness,
    Contrast,
    Flip,
    Identity,
    Maybe,
    OneOf,
    RandomCrop,
    Rotate,
    Shear,
    Translate,
    Zoom,
)
from leyden.errors import DrawError, PanelError
from leyden.widget import Knob, knobs, turned

MOVE = Maybe(Flip("x") | Rotate((0, 30)), p=0.25) | OneOf(Zoom(0.5, 2), Identity(), weights=(1, 3)) | Rotate(15)


def test_every_number_is_found_in_the_order_it_is_written():
    assert [(knob.name, knob.value) for knob in knobs(MOVE)] == [
        ("Rotate.degrees", (0, 30)),
        ("Maybe.p", 0.25),
        ("Zoom.low", 0.5),
        ("Zoom.high", 2),
        ("OneOf.weights", (1, 3)),
        ("Rotate.degrees (2)", 15),
    ]


def test_turning_a_knob_changes_that_number_only_and_nothing_given():
    before = repr(MOVE)
    by_name = {knob.name: knob for knob in knobs(MOVE)}
    assert repr(turned(MOVE, by_name["Maybe.p"], 0.75)) == before.replace("p=0.25", "p=0.75")
    assert repr(turned(MOVE, by_name["Rotate.degrees (2)"], 20)) == before.replace("Rotate(15)", "Rotate(20)")
    assert repr(MOVE) == before


@given(st.sampled_from(range(6)), st.floats(0.0, 0.4))
def test_a_knob_stands_where_it_was_turned_to(place, value):
    move = Rotate(15) | Translate(0.1) | Brightness(0.2) | Contrast(0.3) | Maybe(Flip("y"), p=0.5) | Shear(5)
    assert knobs(turned(move, knobs(move)[place], value))[place].value == value


def test_what_stands_there_always_fits_its_range():
    for knob in knobs(MOVE | RandomCrop(900, 3) | Translate((-2.0, 5.0)), largest=64):
        ends = knob.value if isinstance(knob.value, tuple) else (knob.value,)
        assert knob.low <= min(ends) <= max(ends) <= knob.high


def test_pixels_are_whole_and_angles_are_not():
    crop, angle = knobs(RandomCrop(8, outside="fill") | Rotate(15), largest=64)
    assert (crop.whole, crop.step, crop.high) == (True, 1, 64)
    assert not angle.whole


def test_a_transform_refuses_what_it_cannot_be():
    zoom = Zoom(0.9, 1.1)
    with pytest.raises(DrawError, match="0 < low <= high"):
        turned(zoom, knobs(zoom)[0], 2.0)


def test_a_knob_of_another_transform_is_refused():
    with pytest.raises(PanelError, match="of this very transform"):
        turned(Rotate(15), Knob("x", ("nothing",), 1, 0, 1), 2)
    with pytest.raises(PanelError, match="of this very transform"):
        turned(Rotate(15), Knob("x", (0, 0), 1, 0, 1), 2)


def test_a_transform_without_numbers_has_no_knobs():
    assert knobs(Flip("x")) == ()
