import math
import re

from leyden.widget.prune.drawing.cost import COLOURS, chart

CURVES = {"magnitude": ([0.5, 0.9], [0.9, 0.6]), "random": ([0.5], [0.3])}


def places(page):
    return [(float(x), float(y)) for x, y in re.findall(r'<circle class="c\d" cx="([\d.]+)" cy="([\d.]+)"', page)]


def test_higher_scores_stand_higher_and_larger_shares_further_right():
    first, second, third = places(chart(CURVES, dense=0.95, score="accuracy"))
    assert first[1] < second[1] < third[1]
    assert first[0] == third[0] < second[0]


def test_a_line_joins_the_points_of_a_method():
    page = chart(CURVES, dense=0.95, score="accuracy")
    assert (page.count("<path"), page.count("<circle")) == (1, 3)
    assert "not pruned 0.95" in page


def test_the_present_choice_has_a_ring_once_it_is_measured():
    assert '<circle class="now"' not in chart(CURVES, dense=None, score="accuracy", now=(0.7, None))
    assert '<circle class="now"' in chart(CURVES, dense=None, score="accuracy", now=(0.5, 0.9))


def test_what_is_not_finite_is_left_out():
    page = chart({"broken": ([0.1, 0.5], [math.nan, 0.5])}, dense=math.nan, score="accuracy")
    assert len(places(page)) == 1
    assert "nan" not in page.split("</svg>")[0]


def test_nothing_measured_is_no_drawing():
    assert chart({}, dense=None, score="accuracy") == ""
    assert "<svg" in chart({}, dense=0.5, score="accuracy")


def test_equal_scores_and_zeros_are_drawn():
    assert len(places(chart({"flat": ([0.1, 0.2], [0.0, 0.0])}, dense=0.0, score="loss"))) == 2


def test_more_methods_than_colours_begin_the_colours_again():
    many = {f"m{number}": ([0.5], [number / 20]) for number in range(len(COLOURS) + 1)}
    assert chart(many, dense=None, score="x").count('<span class="c0">') == 2


def test_what_was_left_out_is_named_with_its_reason_and_names_are_harmless():
    page = chart({"<i>": ([0.5], [0.5])}, dense=0.9, score="<u>", refused={"N:4": "not <so>"})
    assert "<b>N:4</b> left out: not &lt;so&gt;" in page
    assert "<u>" not in page
