import pytest

import leyden as ly
from leyden.data.part.unit import checked_container, units
from leyden.errors import DataError


def test_units_are_the_indices_of_each_label():
    assert units("groups", range(4), None) == [[0, 1, 2, 3]]
    assert units("groups", range(4), ["b", "a", "b", "c"]) == [[0, 2], [1], [3]]
    assert units("groups", range(4), lambda x: x % 2) == [[0, 2], [1, 3]]


def test_a_container_whose_elements_change_places_cannot_be_parted():
    drawn = range(4) | ly.data.map_random(lambda g, x: x)
    assert checked_container("split", drawn) is drawn
    with pytest.raises(DataError, match=r"split after shuffle\(seed=0\): .*; put split first"):
        checked_container("split", drawn | ly.data.shuffle() | ly.data.batch(2))
    with pytest.raises(DataError, match="change places"):
        checked_container("split", ly.data.concatenate(range(2), range(2) | ly.data.shuffle()))
