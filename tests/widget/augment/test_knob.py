from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.augment import (
    Border,
    Brightness,
    Contrast,
    Elastic,
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


def named(move):
    return {knob.name: knob for knob in knobs(move)}


def test_every_parameter_has_a_name_of_its_own_and_its_kind():
    assert [(knob.name, knob.kind, knob.value) for knob in knobs(MOVE)] == [
        ("Flip.axis", "choice", "x"),
        ("Rotate.degrees", "span", (0, 30)),
        ("Rotate.axis", "choice", "z"),
        ("Maybe.p", "number", 0.25),
        ("Zoom.low..high", "span", (0.5, 2)),
        ("OneOf.weights[0]", "number", 1),
        ("OneOf.weights[1]", "number", 3),
        ("Rotate.degrees (2)", "span", 15),
        ("Rotate.axis (2)", "choice", "z"),
    ]


def test_labels_say_what_a_wrapper_holds():
    labels = [knob.label for knob in knobs(Maybe(Flip("x")) | Maybe(Rotate(15)))]
    assert [label for label in labels if label.endswith(".p")] == ["Maybe(Flip).p", "Maybe(Rotate).p"]
    assert named(MOVE)["Maybe.p"].about == "the probability, 0..1."


def test_turning_a_knob_changes_that_parameter_only_and_nothing_given():
    before, knob = repr(MOVE), named(MOVE)
    assert repr(turned(MOVE, knob["Maybe.p"], 0.75)) == before.replace("p=0.25", "p=0.75")
    assert repr(turned(MOVE, knob["Rotate.degrees (2)"], 20)) == before.replace("Rotate(15)", "Rotate(20)")
    assert repr(turned(MOVE, knob["Zoom.low..high"], (3, 4))) == before.replace("Zoom(0.5, 2)", "Zoom(3, 4)")
    assert repr(turned(MOVE, knob["Flip.axis"], "y")) == before.replace("'x'", "'y'")
    assert repr(turned(MOVE, knob["OneOf.weights[1]"], 5)) == before.replace("(1, 3)", "(1, 5)")
    assert repr(MOVE) == before


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(range(9)), st.floats(1.0, 1.4))
def test_a_knob_stands_where_it_was_turned_to(place, factor):
    move = Rotate(15) | Translate(0.1) | Brightness(0.2) | Contrast(0.3) | Maybe(Flip("y"), p=0.5) | Shear(5)
    knob = [knob for knob in knobs(move) if knob.kind != "choice"][place % 6]
    value = tuple(end * factor for end in knob.span) if knob.kind == "span" else knob.value * factor
    assert named(turned(move, knob, value))[knob.name].value == value


def test_what_stands_there_always_fits_its_range():
    for knob in knobs(MOVE | RandomCrop(900, 3) | Translate((-2.0, 5.0)), largest=64):
        if knob.kind in ("number", "span"):
            ends = knob.span if knob.kind == "span" else (knob.value,)
            assert knob.low <= min(ends) <= max(ends) <= knob.high


def test_both_ends_of_every_range_are_taken():
    move = MOVE | Shear(5) | Contrast(0.1) | RandomCrop(8)
    for knob in knobs(move, largest=64):
        if knob.kind == "number":
            turned(move, knob, knob.low)
            turned(move, knob, knob.high)
        if knob.kind == "span":
            turned(move, knob, (knob.low, knob.high))


def test_pixels_are_whole_and_angles_are_not():
    crop, fill, angle, _ = knobs(RandomCrop(8, outside="fill") | Rotate(15), largest=64)
    assert (crop.whole, crop.step, crop.low, crop.high) == (True, 1, 1, 64)
    assert (fill.kind, fill.options) == ("choice", ("refuse", "fill"))
    assert (angle.whole, angle.span) == (False, (-15, 15))
    assert named(Border("zeros"))["Border.mode"].options == ("zeros", "border", "reflection")


def test_a_transform_refuses_what_it_cannot_be():
    zoom = Zoom(0.9, 1.1)
    with pytest.raises(DrawError, match="0 < low <= high"):
        turned(zoom, knobs(zoom)[0], (2.0, 1.0))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Flip.axis", "w", "one of x, y, z"),
        ("Maybe.p", "half", "a number"),
        ("Maybe.p", (0.1, 0.2), "a number"),
        ("Zoom.low..high", 2, "a lowest and a highest number"),
        ("RandomCrop.shape[0]", 8.5, "a whole number"),
        ("RandomCrop.shape[0]", True, "a whole number"),
    ],
)
def test_the_wrong_kind_of_value_is_refused_with_the_right_one(name, value, words):
    move = MOVE | RandomCrop(8)
    with pytest.raises(PanelError, match=f"takes {words}"):
        turned(move, named(move)[name], value)


def test_a_knob_of_another_transform_is_refused():
    knob = knobs(Maybe(Flip("x"), p=0.25))[1]
    with pytest.raises(PanelError, match="of this very transform"):
        turned(Rotate(15), knob, 0.5)
    with pytest.raises(PanelError, match="of this very transform"):
        turned(Rotate(15), replace(knob, paths=((0, 0),)), 0.5)


def test_a_transform_without_parameters_has_no_knobs():
    assert knobs(Identity()) == ()
    assert isinstance(knobs(Rotate(15))[0], Knob)


def test_a_transform_that_computes_with_its_number_at_once_has_a_slider_for_it():
    assert [(knob.name, knob.kind) for knob in knobs(Elastic(0.03))] == [
        ("Elastic.amount", "number"),
        ("Elastic.cells", "number"),
    ]
