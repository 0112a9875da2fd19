import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.evaluation import mean_interval

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=12)


@given(SHARES)
def test_the_interval_lies_among_the_values_and_comes_out_the_same_again(values):
    low, high = mean_interval(values)
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12
    assert (low, high) == mean_interval(values)


def test_many_values_give_the_interval_of_the_normal_law():
    values = np.random.default_rng(1).normal(0.8, 0.1, size=400)
    half = 1.96 * values.std() / 20
    assert mean_interval(values) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.002)


def test_scans_of_one_subject_are_drawn_together():
    values = [0.2] * 10 + [0.8] * 10
    alone, together = mean_interval(values), mean_interval(values, subjects=["a"] * 10 + ["b"] * 10)
    assert together == pytest.approx((0.2, 0.8))  # both scans of one, or of the other, are quite likely
    assert together[0] < alone[0]
    assert alone[1] < together[1]


def test_a_subject_of_many_scans_weighs_as_many():
    low, _ = mean_interval([0.0, 1.0, 1.0, 1.0], subjects=["a", "b", "b", "b"], level=0.2)
    assert low == 0.75


def test_one_subject_leaves_nothing_to_tell():
    assert all(map(math.isnan, mean_interval([0.5])))
    assert all(map(math.isnan, mean_interval([0.5, 0.9], subjects=["a", "a"])))


def test_a_wider_level_and_another_seed_give_other_ends():
    values = [0.113, 0.527, 0.618, 0.9, 0.951, 0.333, 0.47, 0.777]
    assert mean_interval(values, level=0.99)[0] < mean_interval(values, level=0.5)[0]
    assert mean_interval(values, seed=1) != mean_interval(values, seed=2)


def test_every_fault_is_told_at_once():
    with pytest.raises(MedicalError, match=r"no value to take the mean of; 0 values of 1 subjects.*a level of 2"):
        mean_interval([], subjects=["a"], level=2.0)
    with pytest.raises(MedicalError, match="values that are no finite numbers"):
        mean_interval([0.5, float("nan")])
