import pytest

from leyden.widget.prune.drawing.histogram import Histogram
from leyden.widget.prune.drawing.layers import LayerList, layer_items, layer_rows


@pytest.fixture
def found():
    kept, pruned = (1, 0, 1), (0, 2, 0)
    return [
        Histogram("stage.<0>.weight", (2, 2), 1.0, kept, pruned, 0, False),
        Histogram("head.weight", (2, 2), 1.0, (1, 2, 1), (0, 0, 0), 0, True),
    ]


def test_every_layer_is_a_row_with_its_share(found):
    first, last = layer_items(found)
    assert (first["name"], first["kind"], last["kind"]) == ("stage.<0>.weight", "row", "row spared")
    assert "50.0%" in first["html"]
    assert "left out" in last["html"]


def test_names_break_at_their_dots_and_are_harmless(found):
    assert "stage.<wbr>&lt;0&gt;" in layer_items(found)[0]["html"]


def test_rows_that_cannot_be_clicked_on_mark_the_one_that_is_chosen(found):
    assert layer_rows(found, "head.weight").count('aria-selected="true"') == 1


def test_the_list_says_what_it_holds(found):
    rows = LayerList(items=layer_items(found), value="head.weight")
    assert repr(rows) == "LayerList(2 layers, 'head.weight' chosen)"
    rows.close()
