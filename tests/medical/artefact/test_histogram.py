import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment import Draw, Step
from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import HistogramShift, NonzeroZNorm
from leyden.medical.artefact.acquisition import chances


def applied(transform, numbers, data):
    return Draw(tuple(data.shape[1:]), (Step(transform, numbers),))(Image(data)).data


@pytest.mark.parametrize("points", [3, 4, 10])
def test_every_channel_is_looked_up_on_its_curve_over_its_own_range(points):
    data = torch.stack((torch.rand(6, 7), 5 * torch.rand(6, 7) - 9)).double()
    changed = applied(HistogramShift(points), (3.0,), data)
    for values, after, row in zip(data.numpy(), changed.numpy(), chances(3.0, 2, points - 2), strict=True):
        heights = np.linspace(0, 1, points)
        for place in range(1, points - 1):
            heights[place] = heights[place - 1] + row[place - 1] * (heights[place + 1] - heights[place - 1])
        low, high = values.min(), values.max()
        expected = np.interp(values, np.linspace(low, high, points), low + heights * (high - low))
        assert np.allclose(after, expected)


@given(seed=st.integers(0, 2**31 - 1), points=st.integers(3, 12), amount=st.floats(0, 1))
def test_order_and_ends_stay(seed, points, amount):
    data = torch.linspace(-2, 5, 120, dtype=torch.float64).view(1, 10, 12)
    changed = applied(HistogramShift(points, amount), (float(seed),), data).flatten()
    assert (changed.diff() >= -1e-9).all()
    torch.testing.assert_close(changed[[0, -1]], torch.tensor([-2.0, 5.0]).double())


def test_a_constant_channel_stays():
    data = torch.full((1, 3, 3), 0.7)
    assert torch.equal(applied(HistogramShift(), (1.0,), data), data)


def test_faults_are_told_together():
    with pytest.raises(DrawError, match=r"3 points or more; an amount of 0..1"):
        HistogramShift(2, 1.5)


def test_what_is_not_nought_gets_mean_0_and_deviation_1_in_each_channel():
    data = torch.rand(2, 20, 20) * 300 + 7
    data[:, :10] = 0
    data[1] *= -4
    changed = applied(NonzeroZNorm(), (), data)
    assert (changed[:, :10] == 0).all()
    for values, after in zip(data[:, 10:].double(), changed[:, 10:].double(), strict=True):
        expected = (values - values.mean()) / values.std(correction=0)
        torch.testing.assert_close(after, expected, atol=1e-5, rtol=1e-5)


def test_a_channel_of_nothing_or_of_one_value_becomes_nought():
    data = torch.zeros(3, 4, 4)
    data[1] = 5
    data[2, 0, 0] = 3
    assert torch.equal(applied(NonzeroZNorm(), (), data), torch.zeros(3, 4, 4))


def test_a_small_spread_about_a_large_mean_is_measured_well():
    data = 10_000 + torch.rand(1, 50, 50)
    changed = applied(NonzeroZNorm(), (), data)
    assert abs(changed.mean()) < 1e-2
    assert abs(changed.std(correction=0) - 1) < 1e-3


def test_huge_values_do_not_overflow():
    changed = applied(NonzeroZNorm(), (), 1e30 * torch.rand(1, 9, 9))
    assert abs(changed.std(correction=0) - 1) < 1e-3
