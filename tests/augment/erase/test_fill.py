from dataclasses import dataclass

import pytest
import torch

from leyden.augment.chain.chance import seed_number
from leyden.augment.erase.fill import Eraser, Fill, fits
from leyden.errors import DrawError
from leyden.items import Image


@dataclass(frozen=True)
class Corner(Eraser):
    fill: Fill = 0.0

    def numbers(self, generator, scene):
        return (seed_number(generator),)

    def holes(self, numbers, data):
        yield data[..., :2, :2]


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("size", [(4, 5), (3, 4, 5)])
def test_a_hole_is_filled_with_a_value_the_mean_or_noise(size):
    data = torch.randn(2, *size) * torch.tensor([1.0, 10.0]).view(2, *(1 for _ in size))
    value, mean, noise = (run(Corner(fill), data) for fill in (7.0, "mean", "noise"))
    for result in (value, mean, noise):
        assert torch.equal(result[..., 2:], data[..., 2:])
        assert torch.equal(result[..., 2:, :], data[..., 2:, :])
    assert (value[..., :2, :2] == 7).all()
    for channel in range(2):
        torch.testing.assert_close(mean[channel, ..., :2, :2], data[channel].mean().expand_as(mean[0, ..., :2, :2]))
    assert len(noise[..., :2, :2].unique()) == noise[..., :2, :2].numel()
    assert torch.equal(noise, run(Corner("noise"), data))
    assert not torch.equal(noise, run(Corner("noise"), data, seed=1))


def test_noise_has_the_mean_and_deviation_of_its_channel():
    class Whole(Corner):
        def holes(self, numbers, data):
            yield data

    data = torch.randn(2, 100, 100) * torch.tensor([1.0, 10.0]).view(2, 1, 1) + 3
    result = run(Whole("noise"), data)
    torch.testing.assert_close(result.mean((1, 2)), data.mean((1, 2)), atol=0.4, rtol=0)
    torch.testing.assert_close(result.std((1, 2)), data.std((1, 2)), atol=0, rtol=0.05)


def test_only_a_statistic_minds_infinite_values():
    data = torch.full((1, 4, 4), float("inf"))
    assert (run(Corner(1.0), data)[0, :2, :2] == 1).all()
    with pytest.raises(DrawError, match="holds NaN or infinite values"):
        run(Corner("mean"), data)


def test_what_may_be_filled_in():
    rule = "to fill with a number, 'mean' or 'noise'"
    assert all(fits(fill) == {rule: True} for fill in (0, 0.5, "mean", "noise"))
    assert fits("median") == {rule: False}
