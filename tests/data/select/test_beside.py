import pytest

import leyden as ly
from leyden.data.select.beside import zip as beside
from leyden.errors import DataError


def test_containers_side_by_side_are_one_container_of_tuples():
    view = beside(range(3), ["a", "b", "c"], range(3) | ly.data.map(lambda x: -x))
    assert list(view) == [(0, "a", 0), (1, "b", -1), (2, "c", -2)]
    assert (view[-1], len(view), repr(view)) == ((2, "c", -2), 3, "(range(0, 3), list[3], range(0, 3) | map(lambda))")


def test_shuffling_moves_both_sides_alike():
    assert all(x == y for x, y in beside(range(9), range(9)) | ly.data.shuffle())


def test_unequal_lengths_nothing_and_no_container_are_refused():
    with pytest.raises(DataError, match=r"equally long; their lengths are \{0: 2, 1: 3\}"):
        beside([1, 2], range(3))
    with pytest.raises(DataError, match="zip needs at least one container; given none"):
        beside()
    with pytest.raises(DataError, match="a int is no container"):
        beside([1], 2)
