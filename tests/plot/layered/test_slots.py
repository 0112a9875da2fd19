import pytest

from leyden.plot.layered.parts import Arrow
from leyden.plot.layered.slots import slots_of

SIZE = (40.0, 20.0, 0.0)
TAGS = {"lr": (("lr",), 12.0, 17.0)}


def made(level, *arrows):
    return slots_of([SIZE] * len(level), level, [(*arrow[:2], Arrow(*map(str, arrow))) for arrow in arrows], TAGS)


def kinds(rows):
    return [[slot.kind for slot in row] for row in rows.rows]


def test_a_label_stands_between_two_boxes():
    assert kinds(made([0, 1], (0, 1, "lr"))) == [["box"], ["tag"], ["box"]]


def test_a_line_bends_in_every_row_that_it_passes():
    assert kinds(made([0, 1, 2], (0, 1, ""), (1, 2, ""), (0, 2, "lr")))[2] == ["box", "bend"]


def test_arrows_of_one_start_and_one_label_share_their_way():
    found = made([0, 1, 1, 2], (0, 1, "lr"), (0, 2, "lr"), (0, 3, "lr"))
    assert len(found.nets) == 1
    assert kinds(found) == [["box"], ["tag"], ["box", "box", "bend"], ["bend"], ["box"]]
    assert len(found.nets[0].ends) == 3


@pytest.mark.parametrize(("label", "middle"), [("lr", "tag"), ("", "bend")])
def test_an_arrow_that_points_up_is_turned_and_goes_its_own_way(label, middle):
    found = made([0, 1], (0, 1, label), (1, 0, label))
    assert [net.against for net in found.nets] == [False, True]
    assert kinds(found)[1] == [middle, middle]
