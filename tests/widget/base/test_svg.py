import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.widget.base import Line, sketch
from leyden.widget.base.svg import CURVE_STYLE, ticks


def drawn(lines, **given):
    options = {"title": "Loss", "extent": 4.0, "span": None, "axis": "step", "label": "Loss: batch 1", **given}
    return ElementTree.fromstring(sketch([line.message() for line in lines], **options))


def test_a_line_runs_through_its_points_and_breaks_where_there_is_no_number():
    line = Line("batch", [0, 1, 2, 3, 4], [0.0, 1.0, float("nan"), 1.0, 0.0])
    [path] = drawn([line], span=(0.0, 1.0)).iter("path")
    points = [tuple(map(float, point)) for point in re.findall(r"([\d.]+) ([\d.]+)", path.get("d"))]
    assert points == [(44, 138), (130.5, 8), (303.5, 8), (390, 138)]
    assert re.findall("[ML]", path.get("d")) == ["M", "L", "M", "L"]


def test_validation_is_marked_at_every_value():
    page = drawn([Line("batch", [1], [1.0], "faint"), Line("validation", [2, 4], [0.5, 0.25], "points")])
    assert [mark.get("class") for mark in page.iter("circle")] == ["points c1", "points c1"]
    assert "validation 0.25" in "".join(page.itertext())


def test_words_are_escaped_and_the_drawing_is_told_to_those_who_do_not_see_it():
    page = drawn([Line("<b>", [1], [1.0])], title="<i>", label='a "curve"')
    assert page.find("svg").get("role") == "img"
    assert page.find("svg").get("aria-label") == 'a "curve"'
    assert "<b> 1" in "".join(page.itertext())


@pytest.mark.parametrize("values", [[], [0.0], [float("nan")], [1e-9, 1e-9], [-1e30, 1e30]], ids=str)
def test_any_values_give_a_drawing(values):
    assert drawn([Line("loss", list(range(len(values))), values)], extent=0.0).find("svg") is not None


def test_it_loads_nothing_and_has_no_background_of_its_own():
    words = sketch([], title="Loss", extent=1.0, span=None, axis="step", label="nothing yet") + CURVE_STYLE
    assert not re.search(r"https?:|@import|url\(|background|white", words)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 8))
def test_ticks_are_few_and_inside(low, length, count):
    found = ticks(low, low + length, count)
    assert len(found) <= count + 1
    room = 1e-5 * abs(low) + 1e-3 * length
    assert all(low - room <= tick <= low + length + room for tick in found)
