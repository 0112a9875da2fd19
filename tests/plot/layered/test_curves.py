import itertools

import pytest

from leyden.plot.layered.curves import curves_of, doors, loop_of
from leyden.plot.layered.parts import Arrow, Box, Vertex
from leyden.plot.layered.slots import Net, Slot

SPANS = {0: (0.0, 20.0), 1: (34.0, 34.0), 2: (48.0, 68.0)}


def two_boxes(kind="plain", *, against=False):
    top, low = Slot("box", 0, 40, 20, x=50), Slot("box", 2, 40, 20, x=90)
    bend = Slot("bend", 1, 2, 0, x=70)
    net = Net(Arrow("a", "b", kind=kind), [(top, bend), (bend, low)], ends=[low], against=against)
    for upper, lower in net.links:
        upper.below.append(lower)
        lower.above.append(upper)
    return net, (top, low)


def test_a_line_leaves_at_the_bottom_and_its_tip_meets_the_top():
    net, boxes = two_boxes()
    first, last = curves_of(net, SPANS, doors(boxes))
    assert first.head is None
    assert first.points[0] == (66.0, 20.0)  # as far to the right as the box is wide there
    assert first.points[-1] == last.points[0]
    assert last.head == (74.0, 48.0, 0.0, 1.0)
    assert last.points[-1] == (74.0, 41.0)  # the tip is 7 pixels long


def test_an_arrow_that_points_up_has_its_tip_at_the_bottom_of_the_upper_box():
    net, boxes = two_boxes(against=True)
    first, last = curves_of(net, SPANS, doors(boxes))
    assert first.head == (66.0, 20.0, 0.0, -1.0)
    assert last.head is None


def test_a_clash_has_no_tip():
    net, boxes = two_boxes("clash")
    assert [curve.head for curve in curves_of(net, SPANS, doors(boxes))] == [None, None]


def test_lines_at_one_side_of_a_box_keep_apart_and_on_the_box():
    box = Slot("box", 0, 40, 20, x=100)
    near = [Slot("bend", 1, 2, 0, x=x) for x in (0, 99, 100, 101, 400)]
    box.below = list(reversed(near))
    found = [doors([box])[id(box), id(slot)] for slot in near]
    assert found == sorted(found)
    assert found[0] >= 80
    assert found[-1] <= 120
    assert min(b - a for a, b in itertools.pairwise(found)) == pytest.approx(8)


def test_a_loop_begins_and_ends_at_the_right_of_its_box():
    loop = loop_of(Box(Vertex("a"), 50, 20, 40, 20, ("a",)), "wrong")
    assert loop.points[0][0] == 70
    assert loop.head is not None
    assert loop.head[:2] == (70, 24)
