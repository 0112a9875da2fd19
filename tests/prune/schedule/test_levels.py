import itertools
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import PruneError
from leyden.prune.schedule import annealed, check_levels, geometric, gradual

shares = st.floats(0, 0.999)
counts = st.integers(1, 30)


@given(shares, shares, counts, st.floats(0.1, 10))
def test_gradual_levels_rise_from_the_start_to_the_stop(one, other, steps, power):
    start, stop = sorted((one, other))
    levels = gradual(stop, steps, start=start, power=power)
    assert check_levels(levels) == levels
    assert len(levels) == steps
    assert levels[0] >= start
    assert levels[-1] == stop


@given(shares, shares, counts)
def test_geometric_levels_rise_from_the_start_to_the_stop(one, other, steps):
    start, stop = sorted((one, other))
    levels = geometric(stop, steps, start=start)
    assert check_levels(levels) == levels
    assert len(levels) == steps
    assert levels[0] >= start
    assert levels[-1] == stop


@given(st.floats(0, 0.9), st.floats(0.91, 0.99), st.integers(2, 10))
def test_each_geometric_level_takes_the_same_share_of_what_the_one_before_left(start, stop, steps):
    left = [1 - level for level in (start, *geometric(stop, steps, start=start))]
    taken = [after / before for before, after in itertools.pairwise(left)]
    assert taken == pytest.approx([taken[0]] * steps)


def test_gradual_levels_are_those_of_the_formula():
    # s = 0.9 + (0 - 0.9) * (1 - t / 3) ** 3 for t = 1, 2, 3
    assert gradual(0.9, 3) == pytest.approx((0.9 - 0.9 * 8 / 27, 0.9 - 0.9 / 27, 0.9))


def test_power_one_makes_a_straight_line():
    assert gradual(0.8, 4, power=1) == pytest.approx((0.2, 0.4, 0.6, 0.8))


@pytest.mark.parametrize("schedule", [gradual, geometric], ids=lambda schedule: schedule.__name__)
def test_one_step_prunes_all_at_once(schedule):
    assert schedule(0.9, 1) == (0.9,)


@given(st.floats(0.01, 0.99), counts)
def test_annealed_shares_begin_with_the_first_and_fall_to_no_less_than_zero(share, steps):
    found = annealed(share, steps)
    assert found[0] == pytest.approx(share)
    assert list(found) == sorted(found, reverse=True)
    assert found[-1] > 0


def test_halfway_the_share_is_half():
    assert annealed(0.3, 4)[2] == pytest.approx(0.15)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gradual(1.0, 3), "stop is a share from 0 to below 1; 1.0 was given"),
        (lambda: gradual(0.5, 3, start=-0.1), "start is a share from 0 to below 1; -0.1 was given"),
        (lambda: gradual(0.5, 3, start=0.6), "stop is not below start; 0.5 and 0.6 were given"),
        (lambda: gradual(0.5, 0), "steps is a whole number of 1 or more; 0 was given"),
        (lambda: gradual(0.5, 3, power=0), "power is a finite number above 0; 0 was given"),
        (lambda: gradual(0.5, 3, power=float("nan")), "power is a finite number above 0; nan was given"),
        (lambda: geometric(True, cast("Any", 2.5)), r"True was given; steps is a whole number .* 2.5 was given"),
        (lambda: annealed(0, 0), "a share is above 0 and below 1; 0 was given; steps is a whole number"),
        (lambda: check_levels(()), r"levels are a tuple of shares, as gradual\(0.9, 10\) gives; \(\) was given"),
        (lambda: check_levels(0.5), "levels are a tuple of shares"),
        (lambda: check_levels("0.5"), "levels are a tuple of shares"),
        (lambda: check_levels([0.5, "a"]), "levels: 'a' is not a share from 0 to below 1"),
        (lambda: check_levels([0.5, 0.4]), "0.4 comes after 0.5, but what is pruned stays pruned"),
        (lambda: check_levels([float("nan")]), "nan is not a share"),
    ],
    ids=[
        "stop", "start", "order", "steps", "power", "NaN power", "all at once", "share", "none", "number", "text",
        "text among numbers", "falling", "NaN",
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(make, message):
    with pytest.raises(PruneError, match=message):
        make()
