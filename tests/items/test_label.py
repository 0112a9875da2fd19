import pytest

from leyden.errors import ItemError
from leyden.items import Label, Move


def test_no_move_changes_a_label():
    label = Label(2, ("cat", "dog", "owl"))
    moved = label.warp(Move(((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 1.0)), (4, 4), (8, 8)))
    assert moved is label
    assert label.size is None


def test_a_label_knows_its_name():
    assert Label(2, ("cat", "dog", "owl")).name == "owl"
    assert Label(2).name == "2"


def test_an_index_beyond_the_classes_or_below_0_is_refused():
    with pytest.raises(ItemError, match="index 2 is beyond the 2 classes"):
        Label(2, ("cat", "dog"))
    with pytest.raises(ItemError, match="0 and up, got -1"):
        Label(-1)
