from math import pi, radians

import numpy as np
import pytest
import torch

from leyden.augment.chain.span import degree_rules, finite, ordered, pair, reads_as_radians


@pytest.mark.parametrize("degrees", [1, 5, 10, 15, 20, 22.5, 30, 45, 60, 90, 120, 135, 180, 270, 360])
def test_every_usual_angle_in_radians_is_noticed(degrees):
    assert reads_as_radians(radians(degrees))
    assert reads_as_radians(-radians(degrees))


@pytest.mark.parametrize("angle", [0.26, 0.79, 1.05, 1.57, 1.571, 1.5708, 3.14, 3.142, 3.1416, 4.71, 6.28, 6.2832])
def test_rounded_radians_are_noticed(angle):
    assert reads_as_radians(angle)


@pytest.mark.parametrize("angle", [0, 1, 1.5, 2, 2.5, 3, 3.4, 5.5, 6, 6.5, 7, 7.5, 10, 12.566, 90, 3.75])
def test_degrees_are_left_alone(angle):
    assert not reads_as_radians(angle)
    assert not reads_as_radians(float(angle))


def test_every_whole_and_tenth_of_a_degree_from_one_on_is_degrees():
    assert not [tenths for tenths in range(10, 3600) if reads_as_radians(tenths / 10)]


def test_a_pair_insists_on_degrees():
    assert all(degree_rules((-pi / 12, pi / 12)).values())
    assert not all(degree_rules(pi / 12).values())


def test_bounds_are_left_out_and_ends_must_be_finite():
    assert ordered((0, 1), above=-1, below=2)
    assert not ordered((0, 1), above=0)
    assert not ordered((0, 1), below=1)
    assert not ordered((0, float("inf")))
    assert not ordered((float("nan"), 1))


def test_pi_of_five_decimals_is_noticed():
    assert reads_as_radians(3.14159 / 2)
    assert reads_as_radians(3.14159 * 2 / 3)
    assert not reads_as_radians(1.571 + 0.001)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("span", [[-10, 10], "10", None, (1, 2, 3), (1,), ("a", "b"), np.ones(2), torch.ones(2)])
def test_what_is_no_range_is_not_ordered(span):
    assert not ordered(span)
    assert not all(degree_rules(span).values())


def test_numbers_of_numpy_are_numbers():
    assert finite(np.float32(0.5), np.int64(3), np.float64(1))
    assert pair((np.float32(0.5), 1))
    assert not finite(True, "1")
    assert not finite(np.float32("nan"))
