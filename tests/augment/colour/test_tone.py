import numpy as np
import pytest
import torch
from PIL import Image as Picture
from PIL import ImageOps
from skimage import exposure

from leyden.augment.colour.tone import Gamma, Posterize, Solarize
from leyden.errors import DrawError
from leyden.items import Image

SIZES = pytest.mark.parametrize("size", [(6, 7), (4, 5, 6), (1, 1)])


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@SIZES
@pytest.mark.parametrize("power", [0.5, 1.0, 2.2])
def test_gamma_over_the_unit_is_that_of_skimage(size, power):
    data = torch.rand(2, *size)
    result = run(Gamma(power, power, over="unit"), data)
    np.testing.assert_allclose(result, exposure.adjust_gamma(data.numpy(), power), atol=1e-6)


@SIZES
def test_gamma_keeps_the_range_of_the_image_or_of_each_channel(size):
    data = torch.randn(2, *size, dtype=torch.float64) * 100
    for over, axes in (("image", None), ("channel", tuple(range(1, data.ndim)))):
        values = data.numpy()
        low, high = values.min(axes, keepdims=True), values.max(axes, keepdims=True)
        width = np.where(high > low, high - low, 1)
        expected = ((values - low) / width) ** 1.7 * width + low
        np.testing.assert_allclose(run(Gamma(1.7, 1.7, over=over), data), expected, atol=1e-9)
        mirrored = high - ((high - values) / width) ** 1.7 * width
        np.testing.assert_allclose(run(Gamma(1.7, 1.7, over=over, side="bright"), data), mirrored, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("power", [0.1, 0.6, 1.5, 3.0, 40.0])
def test_gamma_leaves_an_empty_background_as_it_was(power, dtype):
    data = torch.zeros(1, 5, 6, 7, dtype=dtype)
    data[:, 1:4, 2:5, 2:6] = torch.linspace(1e-3, 1, 36, dtype=dtype).reshape(3, 3, 4)
    data[0, 4, 4, 4] = 1e-30
    for side, expected in (("dark", data**power), ("bright", 1 - (1 - data) ** power)):
        result = run(Gamma(power, power, side=side), data)
        torch.testing.assert_close(result, expected, rtol=1e-5, atol=1e-6)
        assert (result[data == 0] == 0).all()


def test_gamma_may_bring_mean_and_deviation_back():
    data = torch.rand(2, 20, 20) * 10
    for over in ("image", "channel"):
        result = run(Gamma(2, 2, over=over, after="spread"), data)
        groups = [(data, result)] if over == "image" else zip(data, result, strict=True)
        for before, after in groups:
            torch.testing.assert_close(after.mean(), before.mean(), atol=1e-4, rtol=0)
            torch.testing.assert_close(after.std(), before.std(), atol=1e-4, rtol=0)
        assert (result - data).abs().max() > 0.1


@pytest.mark.parametrize("transform", [Gamma(0.5, 2), Gamma(0.5, 2, over="channel"), Gamma(0.5, 2, over="unit")])
def test_gamma_comes_back_negative_values_too(transform):
    image = Image(torch.randn(2, 8, 8, dtype=torch.float64))
    for seed in range(3):
        draw = transform.draw(torch.Generator().manual_seed(seed), image)
        torch.testing.assert_close(draw.invert(draw(image)).data, image.data, atol=1e-6, rtol=1e-6)
    draw = Gamma(2, 2, after="spread").draw(torch.Generator(), image)
    with pytest.raises(DrawError, match="no way back"):
        draw.invert(image)


def test_gamma_rises_everywhere():
    line = torch.linspace(-2, 3, 101).view(1, 1, -1)
    for over in ("unit", "image"):
        assert (run(Gamma(1.5, 1.5, over=over), line).diff() > 0).all()
    assert run(Gamma(2, 2, over="unit"), torch.tensor([[[-2.0, 3.0]]])).tolist() == [[[-4.0, 9.0]]]


def test_powers_are_even_on_both_sides_of_one():
    image, generator = Image(torch.rand(1, 2, 2)), torch.Generator().manual_seed(0)
    powers = [Gamma(0.5, 2).draw(generator, image).steps[0].numbers[0] for _ in range(400)]
    assert 0.5 <= min(powers) < 0.52
    assert 1.95 < max(powers) <= 2
    assert 0.43 < np.mean(np.array(powers) < 1) < 0.57


def test_constant_images_stay_as_they_are():
    data = torch.full((1, 3, 3), 0.3)
    for transform in (Gamma(2, 2), Gamma(2, 2, over="channel", after="spread"), Gamma(2, 2, side="bright")):
        torch.testing.assert_close(run(transform, data), data)


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_posterizing_and_solarizing_bytes_are_those_of_pillow(bits):
    pixels = torch.arange(256, dtype=torch.uint8).view(16, 16, 1).expand(16, 16, 3).contiguous()
    picture = Picture.fromarray(pixels.numpy())
    data = pixels.permute(2, 0, 1)
    assert data.dtype == torch.uint8

    def bytes_of(result):
        return (result.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()

    assert np.array_equal(bytes_of(run(Posterize(bits, bits), data)), np.asarray(ImageOps.posterize(picture, bits)))
    threshold = 40 * bits / 255
    expected = np.asarray(ImageOps.solarize(picture, 40 * bits))
    assert np.array_equal(bytes_of(run(Solarize(threshold, threshold), data.float() / 255)), expected) or bits == 8
    assert np.array_equal(bytes_of(run(Solarize(0.4999, 0.4999), data)), np.asarray(ImageOps.solarize(picture, 128)))


@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
def test_dtypes_are_kept_and_what_came_in_is_not_changed(kind):
    data = torch.rand(2, 3, 5, 5).to(kind)
    before = data.clone()
    for transform in (Gamma(2, 2), Gamma(2, 2, over="unit"), Posterize(2, 2), Solarize(0.5, 0.5)):
        assert run(transform, data).dtype == kind
    assert torch.equal(data, before)


def test_posterizing_draws_every_number_of_bits():
    image, generator = Image(torch.rand(1, 2, 2)), torch.Generator().manual_seed(0)
    assert {Posterize(2, 4).draw(generator, image).steps[0].numbers[0] for _ in range(50)} == {2.0, 3.0, 4.0}


def test_infinite_values_have_no_range():
    with pytest.raises(DrawError, match="holds NaN or infinite values"):
        run(Gamma(2, 2), torch.tensor([[[1.0, float("inf")]]]))


def test_bad_numbers_are_refused_at_the_door(unchecked):
    with pytest.raises(DrawError, match=r"0 < low <= high; over one of .*; side one of .*; after one of"):
        Gamma(0, 1, over="all", side="left", after="all")
    with pytest.raises(DrawError, match="whole 1 <= low <= high <= 8"):
        Posterize(0, 9)
    with pytest.raises(DrawError, match="low <= high"):
        Solarize(1, 0)


def test_words():
    assert (Gamma(0.7, 1.5) | Posterize(2, 4) | Solarize(0.5, 0.8)).plan().splitlines()[:3] == [
        "1.) gamma 0.7..1.5",
        "2.) posterize to 2..4 bits",
        "3.) solarize from 0.5..0.8",
    ]
