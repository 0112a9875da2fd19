import pytest
from matplotlib.patches import FancyBboxPatch, Polygon

from leyden.errors import PlotError
from leyden.plot import Arrow, Vertex, diagram, png
from leyden.plot.network import WRONG

VERTICES = [Vertex("data", kind="source"), Vertex("One", notes=("writes logged.a",)), Vertex("Two", kind="wrong")]
ARROWS = [Arrow("data", "One", "batch"), Arrow("One", "Two", "logged.a", "clash"), Arrow("Two", "Two")]


def of(kind, figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_boxes_tips_and_words_are_drawn():
    figure = diagram(VERTICES, ARROWS)
    assert len(of(FancyBboxPatch, figure)) == 3
    assert len(of(Polygon, figure)) == 2  # a clash has no tip
    assert words(figure) == ["batch", "logged.a", "data", "One", "writes logged.a", "Two"]


def test_words_stay_inside_their_boxes_as_drawn():
    long = Vertex("n", "A name that is long but fits", ("and a note of 40 signs, more or less so",))
    figure = diagram([long, Vertex("x" * 300)], [])
    figure.draw_without_rendering()
    boxes = [box.get_window_extent() for box in of(FancyBboxPatch, figure)]
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert any(
            box.x0 < extent.x0 and extent.x1 < box.x1 and box.y0 < extent.y0 and extent.y1 < box.y1 for box in boxes
        )


def test_what_is_at_fault_is_red_in_box_line_and_word():
    figure = diagram(VERTICES, ARROWS)
    colours = {text.get_text(): text.get_color() for text in figure.axes[0].texts}
    assert colours["Two"] == colours["logged.a"] == WRONG
    assert colours["One"] != WRONG


def test_signs_of_formulas_are_taken_literally():
    assert "Loss$x$" in words(diagram([Vertex("Loss$x$")], []))
    assert png(diagram([Vertex("Loss$x$")], [Arrow("Loss$x$", "Loss$x$", "$")]))[1:4] == b"PNG"


def test_equal_graphs_give_equal_bytes_and_no_graph_says_so():
    assert png(diagram(VERTICES, ARROWS, title="Callbacks")) == png(diagram(VERTICES, ARROWS, title="Callbacks"))
    assert words(diagram([], [])) == ["nothing to show yet"]


def test_an_arrow_to_nowhere_is_told():
    with pytest.raises(PlotError, match="there is no vertex 'b'"):
        diagram([Vertex("a")], [Arrow("a", "b")])
