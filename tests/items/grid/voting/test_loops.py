import numpy as np
import pytest

from leyden.items.grid.voting.loops import vote_volume
from leyden.items.grid.voting.voters import ballot


def voted(labels, shift, mode):
    """One row of labels, read as far to the right."""
    line = np.array(labels)
    lines = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, shift]])
    where = lines, np.empty((3, 1, 1, 0), np.float32), np.empty((0, len(line)), np.float32), np.empty((0, 2), np.int64)
    one, row = ((each.first, each.near, each.next) for each in (ballot(1, 1), ballot(len(line), len(line))))
    result = np.empty((1, 1, 1, len(line)), line.dtype)
    steps = (len(line), len(line), len(line), 1)
    vote_volume(line, steps, (one, one, row), (1, 1, len(line)), (*where, 1e-6), mode, result)
    return result.ravel().tolist()


def test_the_heavier_neighbour_wins():
    assert voted([1, 2, 3, 4], 0.4, 1) == [1, 2, 3, 4]
    assert voted([1, 2, 3, 4], 0.6, 1) == [2, 3, 4, 4]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int16, np.int32, np.int64])
def test_of_two_that_weigh_the_same_the_smaller_label_wins(kind):
    assert voted(np.array([3, 1, 2, 2], kind), 0.5, 1) == [1, 1, 2, 2]
    # and rounding by less than 1/512 pixel decides nothing
    assert voted(np.array([3, 1, 2, 2], kind), 0.5 + 1e-3, 1) == [1, 1, 2, 2]
    if kind != np.uint8:
        assert voted(np.array([3, -1, 2, 2], kind), 0.5 - 1e-3, 1) == [-1, -1, 2, 2]


def test_borders_show_nothing_the_edge_or_a_mirror():
    assert [voted([1, 2, 3, 4], -1.75, mode) for mode in (0, 1, 2)] == [[0, 0, 1, 2], [1, 1, 1, 2], [2, 1, 1, 2]]


def test_the_edge_pixel_reaches_half_a_pixel_beyond_its_centre():
    assert voted([1, 2, 3, 4], 0.49, 0) == [1, 2, 3, 4]
    assert voted([1, 2, 3, 4], 0.51, 0) == [2, 3, 4, 0]
