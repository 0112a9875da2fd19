import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leyden.errors import PlotError
from leyden.plot.layered import Arrow, Vertex, arrange
from leyden.plot.layered.layout import NOTE, TITLE
from leyden.plot.layered.measure import text_width

NAMES = st.sampled_from(["A", "Timer", "LearningRateMonitor", "a_name_that_nobody_would_give_but_somebody_has", "$x$"])
LABELS = st.sampled_from(["", "batch", "optimizer.lr", "logged.a\nlogged.b", "logged.a_long_name_of_a_metric/and_more"])


@st.composite
def graphs(draw, most=14):
    """What vertices and arrows are made of: circles, loops, equal arrows, long names, labels, none at all."""
    count = draw(st.integers(0, most))
    notes = st.sampled_from([(), ("writes logged.x",), ("undeclared", "a second line that is a little longer")])
    kinds = st.sampled_from(["plain", "source", "unknown", "wrong"])
    vertices = [(f"{draw(NAMES)} {number}", "", draw(notes), draw(kinds)) for number in range(count)]
    place = st.integers(0, max(count - 1, 0))
    lines = st.tuples(place, place, LABELS, st.sampled_from(["plain", "faint", "wrong", "clash"]))
    pairs = draw(st.lists(lines, max_size=2 * count))
    return vertices, [(vertices[one][0], vertices[two][0], *look) for one, two, *look in pairs]


def made(graph):
    """Out of the strategy: what checks types there draws random numbers."""
    vertices, arrows = graph
    return [Vertex(*each) for each in vertices], [Arrow(*each) for each in arrows]


def edges(item):
    return (
        item.x - item.width / 2,
        item.x + item.width / 2,
        item.y - item.height / 2,
        item.y + item.height / 2,
    )


def apart(one, other):
    left, right, top, bottom = edges(one)
    left2, right2, top2, bottom2 = edges(other)
    return right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top


def along(curve):
    """Many points of a curve."""
    points = np.array(curve.points)
    share = np.linspace(0, 1, 15)[:, None]
    pieces = [points[at : at + 4] for at in range(0, len(points) - 1, 3)]
    weights = [(1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3]
    return np.concatenate([sum(w * point for w, point in zip(weights, piece, strict=True)) for piece in pieces])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_nothing_overlaps_no_line_passes_a_box_or_a_label_and_all_lies_on_the_page(graph):
    drawn = arrange(*made(graph))
    things = [*drawn.boxes, *drawn.tags]
    assert all(apart(one, other) for one, other in itertools.combinations(things, 2))
    for curve in drawn.curves:
        points = along(curve)
        assert (points >= 0).all()
        assert (points <= (drawn.width, drawn.height)).all()
        for thing in things:
            left, right, top, bottom = edges(thing)
            inside = (points > (left + 0.01, top + 0.01)).all(1) & (points < (right - 0.01, bottom - 0.01)).all(1)
            assert not inside.any()
    for thing in things:
        left, right, top, bottom = edges(thing)
        assert 0 <= left < right <= drawn.width
        assert 0 <= top < bottom <= drawn.height


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_words_fit_into_their_boxes_and_equal_graphs_give_equal_layouts(graph):
    drawn = arrange(*made(graph))
    for box in drawn.boxes:
        widths = [text_width(box.lines[0], TITLE, bold=True), *(text_width(line, NOTE) for line in box.lines[1:])]
        assert max(widths) < box.width
    assert arrange(*made(graph)) == drawn
    assert [box.vertex for box in drawn.boxes] == made(graph)[0]


def test_arrows_lead_down_and_sources_stand_on_top():
    vertices = [Vertex("c"), Vertex("b"), Vertex("a"), Vertex("data", kind="source")]
    drawn = arrange(vertices, [Arrow("a", "b"), Arrow("b", "c"), Arrow("data", "c")])
    height = {box.vertex.name: box.y for box in drawn.boxes}
    assert height["data"] == height["a"] < height["b"] < height["c"]


def test_many_boxes_make_several_rows_instead_of_one_wide_one():
    drawn = arrange([Vertex(f"Callback number {number}") for number in range(40)], [], width=700)
    assert drawn.width < 740
    assert len({box.y for box in drawn.boxes}) > 5


def test_sixty_vertices_are_arranged():
    vertices = [Vertex(f"Callback{number}") for number in range(60)]
    drawn = arrange(vertices, [Arrow(f"Callback{n // 2}", f"Callback{n}", f"logged.m{n // 2}") for n in range(1, 60)])
    assert len(drawn.boxes) == 60
    assert len(drawn.tags) == 30


def test_all_faults_are_told_at_once():
    with pytest.raises(PlotError) as told:
        arrange([Vertex("a"), Vertex("a")], [Arrow("a", "b"), Arrow("c", "a")])
    for fault in ("two vertices are called 'a'", "no vertex 'b'", "no vertex 'c'"):
        assert fault in str(told.value)
