import pytest

from leyden.augment.spatial.framing.shape import for_axes, shape_rules
from leyden.errors import DrawError


def test_one_size_serves_all_axes():
    assert for_axes((3,), (9, 9, 9)) == (3, 3, 3)
    assert for_axes((3, 4), (9, 9)) == (3, 4)


def test_as_many_sizes_as_axes_are_wanted():
    with pytest.raises(DrawError, match="3 x 4 asked of a grid of 9 x 9 x 9; give one size, or one an axis"):
        for_axes((3, 4), (9, 9, 9))


@pytest.mark.parametrize("shape", [(), (0,), (4, -1), (1, 2, 3, 4)])
def test_sizes_are_one_to_three_whole_numbers_above_zero(shape):
    assert not all(shape_rules(shape).values())
    assert all(shape_rules((1, 2, 3)).values())
