from leyden.widget.prune.drawing import COLOURS
from leyden.widget.prune.look import LOOK


def test_every_line_has_a_colour_for_light_and_for_dark():
    for place in range(len(COLOURS)):
        assert LOOK.count(f".leyden .c{place} {{") == 2


def test_the_style_sheet_is_whole():
    assert LOOK.count("{") == LOOK.count("}")
