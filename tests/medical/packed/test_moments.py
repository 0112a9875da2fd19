import numpy as np
import pytest
import torch

from leyden.items import Image
from leyden.medical.artefact import NonzeroZNorm
from leyden.medical.packed.moments import Moments, moments


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
def test_they_are_those_of_what_is_not_zero(dtype):
    values = np.random.default_rng(0).integers(-50, 2000, (9, 10, 11)).astype(dtype)
    values[2:5] = 0
    shown = values[values != 0].astype(np.float64)
    found = moments(values)
    assert found.count == shown.size
    assert found.mean == pytest.approx(shown.mean(), rel=1e-12)
    assert found.deviation == pytest.approx(shown.std(), rel=1e-12)


def test_large_values_lose_no_digits_of_their_spread():
    values = np.array([[[1e6, 1e6 + 1, 0]]], np.float32)
    assert moments(values).deviation == 0.5


def test_an_empty_channel_stays_as_it_is():
    assert moments(np.zeros((2, 2, 2), np.float32)) == Moments(0, 0.0, 1.0)


def test_a_flat_channel_is_divided_by_something():
    assert moments(np.full((2, 2, 2), 7, np.int16)).factor == 1e8


def test_they_agree_with_the_step_for_chains():
    values = torch.rand(2, 5, 6, 7) * (torch.rand(2, 5, 6, 7) > 0.4)
    normed = NonzeroZNorm()(torch.Generator(), Image(values)).data
    for channel, wanted in zip(values, normed, strict=True):
        found = moments(channel.numpy())
        mine = torch.where(channel != 0, (channel - found.mean) * found.factor, 0.0)
        assert torch.allclose(mine, wanted, atol=1e-6)
