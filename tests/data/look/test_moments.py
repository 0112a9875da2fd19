import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.data.look.moments import Moments


@given(st.lists(st.lists(st.floats(-1e6, 1e6), max_size=5), max_size=5))
def test_blocks_added_one_by_one_give_the_moments_of_all_at_once(blocks):
    moments = Moments()
    for block in blocks:
        moments.add(torch.tensor(block, dtype=torch.float64))
    whole = torch.tensor([value for block in blocks for value in block], dtype=torch.float64)
    assert moments.count == len(whole)
    if len(whole):
        assert math.isclose(moments.mean, float(whole.mean()), abs_tol=1e-6)
        assert math.isclose(moments.std, float(whole.std(correction=0)), rel_tol=1e-6, abs_tol=1e-4)
        assert (moments.low, moments.high) == (float(whole.min()), float(whole.max()))


def test_bytes_are_counted_exactly_and_as_other_numbers_are():
    values = torch.tensor([[0, 255, 7], [7, 7, 200]], dtype=torch.uint8)
    as_bytes, as_floats = Moments(), Moments()
    as_bytes.add(values)
    as_floats.add(values.float())
    for name in ("count", "mean", "std", "low", "high"):
        assert math.isclose(getattr(as_bytes, name), getattr(as_floats, name), rel_tol=1e-12)


def test_what_is_not_finite_is_counted_apart():
    moments = Moments()
    moments.add(torch.tensor([float("nan"), float("inf"), -float("inf"), 2.0]))
    assert (moments.count, moments.not_finite, moments.mean, moments.low, moments.high) == (1, 3, 2.0, 2.0, 2.0)
    assert math.isnan(Moments().std)


def test_a_large_mean_costs_no_digits_of_the_spread():
    moments = Moments()
    for start in range(0, 100, 10):
        moments.add(1e8 + torch.arange(start, start + 10, dtype=torch.float64))
    assert math.isclose(moments.std, math.sqrt((100**2 - 1) / 12), rel_tol=1e-9)


def test_two_parts_joined_are_the_whole():
    one, other, whole = Moments(), Moments(), Moments()
    one.add(torch.tensor([1, 2, 3]))
    other.add(torch.tensor([10, 20]))
    whole.add(torch.tensor([1, 2, 3, 10, 20]))
    one.join(other)
    assert (one.count, one.mean, one.low, one.high) == (whole.count, whole.mean, whole.low, whole.high)
    assert math.isclose(one.std, whole.std)
    one.join(Moments())
    assert one.count == 5
