import pytest

from leyden.medical import scheme
from leyden.widget.volume.roster import CaseRow
from leyden.widget.volume.state import VolumeState, VolumeStyle, carried, restyled, style_faults
from leyden.widget.volume.subject import subject_of


@pytest.fixture
def subject(scan, prediction):
    return subject_of(scan, prediction, scheme=scheme("brats21"))


@pytest.fixture
def state(subject):
    return VolumeState(CaseRow(0, "one"), subject, (5, 4, 5), VolumeStyle("t1"))


def test_every_wrong_choice_is_told_at_once(subject):
    wrong = {
        "modality": "t2", "preset": "wide", "layer": "errors", "part": "XT", "fill": "dots", "opacity": 2,
        "zoom": 0.5, "window": (3, 3), "convention": "none", "interpolation": "cubic",
    }  # fmt: skip
    faults = style_faults(subject, wrong)
    assert len(faults) == len(wrong)
    assert faults[0] == "there is no modality 't2'; there is t1, flair"
    assert "opacity goes from 0 to 1; given 2" in faults
    assert "a window is a lower and a higher value; given (3, 3)" in faults


@pytest.mark.parametrize(
    ("layer", "told"), [("truth", "one has no label"), ("difference", "no label and no prediction")]
)
def test_a_layer_that_is_not_there_says_what_is_missing(scan, layer, told):
    (fault,) = style_faults(subject_of(scan._replace(label=None)), {"layer": layer})
    assert told in fault
    assert "there is none" in fault


def test_a_window_belongs_to_its_modality_and_a_preset_forgets_it(state):
    style = restyled(state, {"window": (1, 2)})
    assert style.window(state.subject) == (1.0, 2.0)
    flair = VolumeStyle("flair", windows=style.windows)
    assert flair.window(state.subject) == state.subject.tails("flair")
    again = restyled(VolumeState(state.row, state.subject, state.place, style), {"preset": "full"})
    assert again.window(state.subject) == state.subject.span("t1")


def test_zoom_is_about_the_place_where_it_began(state):
    near = restyled(state, {"zoom": 2.0})
    assert near.centre == (5, 4, 5)
    moved = VolumeState(state.row, state.subject, (0, 0, 0), near)
    assert restyled(moved, {"zoom": 3.0}).centre == (5, 4, 5)
    assert moved.planes[0].down.span == pytest.approx(6)


def test_another_case_keeps_what_it_has_and_falls_back_for_the_rest(scan, subject):
    style = VolumeStyle(
        "flair", layer="difference", part="ET", windows=(("flair", (1.0, 2.0)),), fill="outline", zoom=4
    )
    other = subject_of(scan._replace(modalities=("t1", "t2")))
    kept = carried(style, other)
    assert (kept.modality, kept.layer, kept.part, kept.windows, kept.zoom) == ("t1", "truth", "codes", (), 1.0)
    assert kept.fill == "outline"
    same = carried(style, subject)
    assert (same.modality, same.layer, same.part) == ("flair", "difference", "ET")


def test_what_is_shown_is_told(state):
    assert state.told().startswith("t1 from ")
    over = restyled(state, {"layer": "truth", "part": "WT"})
    assert VolumeState(state.row, state.subject, state.place, over).told().endswith(", truth over it (region WT)")
