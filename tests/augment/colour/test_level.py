import numpy as np
import pytest
import torch

from leyden.augment.colour.level import Clip, Normalize, Rescale, ZNorm
from leyden.errors import DrawError
from leyden.items import Image

SIZES = pytest.mark.parametrize("size", [(6, 7), (4, 5, 6), (1, 1)])


def run(transform, data):
    return transform(torch.Generator().manual_seed(0), Image(data)).data


@SIZES
def test_normalising_is_the_formula_and_comes_back(size):
    data = torch.rand(3, *size, dtype=torch.float64)
    mean, std = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([1.0, 2.0, 4.0])
    axes = (3, *(1 for _ in size))
    transform = Normalize((0.1, 0.2, 0.3), (1.0, 2.0, 4.0))
    expected = (data - mean.view(axes).double()) / std.view(axes).double()
    torch.testing.assert_close(run(transform, data), expected, atol=1e-7, rtol=0)
    draw = transform.draw(torch.Generator(), Image(data))
    torch.testing.assert_close(draw.invert(draw(Image(data))).data, data)
    torch.testing.assert_close(run(Normalize(0.5, (1.0, 2.0, 4.0)), data), (data - 0.5) / std.view(axes).double())
    torch.testing.assert_close(run(Normalize(0.5, 2), data), (data - 0.5) / 2)


@SIZES
@pytest.mark.parametrize("over", ["channel", "image"])
def test_z_norm_is_numpys_mean_and_deviation(size, over):
    data = torch.rand(2, *size) * torch.tensor([1.0, 50.0]).view(2, *(1 for _ in size)) + 100
    axes = tuple(range(1, data.ndim)) if over == "channel" else None
    values = data.double().numpy()
    std = values.std(axis=axes, keepdims=True)
    expected = (values - values.mean(axis=axes, keepdims=True)) / np.where(std > 0, std, 1)
    np.testing.assert_allclose(run(ZNorm(over), data), expected, atol=1e-4)


def test_constant_images_become_zero():
    for value in (0.1, 1e4, -3.0):
        data = torch.full((2, 9, 9), value)
        assert torch.equal(run(ZNorm(), data), torch.zeros_like(data))
        assert torch.equal(run(Rescale(1, 99), data), torch.zeros_like(data))


@SIZES
def test_rescaling_is_that_of_numpys_percentiles(size):
    data = torch.randn(2, *size) * 100
    for channel, result in zip(data.numpy(), run(Rescale(5, 95, beyond="keep"), data).numpy(), strict=True):
        low, high = np.percentile(channel, (5, 95))
        np.testing.assert_allclose(result, (channel - low) / (high - low) if high > low else 0 * channel, atol=1e-5)
    low, high = np.percentile(data, (5, 95))
    expected = ((data.numpy() - low) / (high - low)).clip(0, 1)
    np.testing.assert_allclose(run(Rescale(5, 95, over="image"), data), expected, atol=1e-5)


@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
def test_dtypes_are_kept_and_what_came_in_is_not_changed(kind):
    data = torch.rand(2, 5, 5).to(kind)
    before = data.clone()
    for transform in (ZNorm(), Rescale(0, 100), Clip(0.2, 0.8), Normalize(0.5, 0.5)):
        result = run(transform, data)
        assert result.dtype == kind
        assert not torch.equal(result, before)
    assert torch.equal(data, before)


def test_clipping_cuts():
    assert run(Clip(), torch.tensor([[[-1.0, 0.5, 2.0]]])).tolist() == [[[0.0, 0.5, 1.0]]]


def test_infinite_values_have_no_statistic():
    data = torch.tensor([[[1.0, float("inf")]]])
    for transform in (ZNorm(), Rescale(0, 100)):
        with pytest.raises(DrawError, match="holds NaN or infinite values"):
            run(transform, data)


def test_what_is_lost_does_not_come_back():
    image = Image(torch.rand(1, 4, 4))
    for transform in (ZNorm(), Rescale(1, 99), Clip()):
        draw = transform.draw(torch.Generator(), image)
        with pytest.raises(DrawError, match="has no way back"):
            draw.invert(image)


def test_bad_numbers_are_refused_at_the_door(unchecked):
    with pytest.raises(DrawError, match="std above 0; mean and std of as many channels"):
        Normalize((0.0, 0.0), (0.0, 1.0, 1.0))
    with pytest.raises(DrawError, match=r"0 <= low < high <= 100 in per cent; over one of .*; beyond one of"):
        Rescale(5, 101, over="all", beyond="lose")
    for low, high in ((0, 1), (0.01, 0.99)):
        with pytest.raises(DrawError, match=r"not a range or shares: from least to greatest is Rescale\(0, 100\)"):
            Rescale(low, high)
    with pytest.raises(DrawError, match="over one of"):
        ZNorm("all")
    with pytest.raises(DrawError, match="low < high"):
        Clip(1, 0)
    with pytest.raises(DrawError, match="a colour step for 3 channels, an image of 1"):
        run(Normalize((0.0, 0.0, 0.0), 1), torch.rand(1, 2, 2))


def test_words():
    assert (Normalize(0, 1) | ZNorm() | Rescale(1, 99) | Clip()).plan().splitlines()[:4] == [
        "1.) one linear colour step: normalise by given mean and deviation",
        "2.) z-norm over each channel",
        "3.) rescale percentiles 1..99 to 0..1",
        "4.) clip to 0..1",
    ]
