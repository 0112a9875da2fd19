"""Totals of numbers."""

import pytest

from leyden.onnx.ops.numbers.totals import reduce_max, reduce_min, reduce_prod, reduce_sum


@pytest.mark.parametrize(("total", "expected"), [(reduce_prod, 24), (reduce_sum, 9), (reduce_max, 4), (reduce_min, 2)])
def test_all_numbers_are_taken_together(total, expected: int):
    assert total((3, 2, 4), (0,), keepdims=0) == expected


def test_the_axis_stays_if_it_is_asked_for():
    assert reduce_sum((3, 2)) == (5,)


def test_no_axes_may_mean_that_nothing_is_done():
    assert reduce_sum((3, 2), (), noop_with_empty_axes=1) == (3, 2)


def test_one_number_is_its_own_total():
    assert reduce_sum(3, keepdims=0) == 3


@pytest.mark.parametrize("numbers", [((1, 2), (3, 4)), ()], ids=str)
def test_others_are_left_to_tensors(numbers: tuple):
    with pytest.raises(TypeError, match="as tensors only"):
        reduce_sum(numbers)
