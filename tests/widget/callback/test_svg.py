from xml.etree import ElementTree

from leyden.plot import Arrow, Vertex, arrange
from leyden.widget.callback.svg import svg

VERTICES = [
    Vertex("data", kind="source"),
    Vertex("<A & B>", notes=("writes x",), kind="wrong", hint="reads y"),
    Vertex("C"),
]
ARROWS = [Arrow("data", "<A & B>", "batch"), Arrow("<A & B>", "C", "logged.a", "clash"), Arrow("C", "C", kind="wrong")]


def parsed():
    return ElementTree.fromstring(svg(arrange(VERTICES, ARROWS), label='a "graph"'))


def test_it_is_whole_and_says_what_it_shows():
    page = parsed()
    assert (page.get("role"), page.get("aria-label")) == ("img", 'a "graph"')
    assert [text.text for text in page.iter("text")] == ["batch", "logged.a", "data", "<A & B>", "writes x", "C"]
    assert [title.text for title in page.iter("title")] == ["data", "reads y", "C"]


def test_boxes_lines_and_tips_have_the_class_of_their_kind():
    page = parsed()
    assert [group.get("class") for group in page.iter("g")] == ["tag plain", "tag clash", "source", "wrong", "plain"]
    assert [path.get("class") for path in page.iter("path")] == ["plain", "plain", "clash", "clash", "wrong"]
    assert [tip.get("class") for tip in page.iter("polygon")] == ["plain", "wrong"]


def test_places_are_those_of_the_layout():
    drawn = arrange(VERTICES, ARROWS)
    for rect, box in zip(parsed().iter("rect"), drawn.boxes, strict=True):
        assert abs(float(rect.get("x")) - (box.x - box.width / 2)) < 0.1
        assert abs(float(rect.get("height")) - box.height) < 0.1
