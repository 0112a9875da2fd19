import numpy as np
import pytest
import torch
from scipy import ndimage
from skimage import filters

from leyden.augment.blur.smooth import GaussianBlur, Sharpen, gaussian
from leyden.errors import DrawError
from leyden.items import Image

SIZES = [(30, 40), (12, 14, 16), (1, 9), (1, 1), (3, 1, 5)]


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sigma", [0.4, 1.0, 3.3])
def test_blur_is_that_of_scipy(size, sigma):
    data = torch.randn(2, *size, dtype=torch.float64)
    expected = [ndimage.gaussian_filter(channel, sigma, mode="reflect") for channel in data.numpy()]
    np.testing.assert_allclose(run(GaussianBlur(sigma, sigma), data), expected, atol=1e-12)
    np.testing.assert_allclose(run(GaussianBlur(sigma, sigma), data.float()), expected, atol=2e-6)


@pytest.mark.parametrize("size", [(30, 40), (12, 14, 16)])
def test_sharpening_is_that_of_skimage(size):
    data = torch.rand(2, *size, dtype=torch.float64)
    expected = filters.unsharp_mask(data.numpy(), 1.5, 0.7, preserve_range=True, channel_axis=0)
    inside = (slice(None), *(slice(6, -6) for _ in size)) if min(size) > 13 else (slice(None),)
    result = run(Sharpen(0.7, 0.7, sigma=1.5), data)
    slow = data + 0.7 * (data - gaussian(data, 1.5))
    torch.testing.assert_close(result, slow)
    if min(size) > 13:  # there the border is another
        np.testing.assert_allclose(result[inside], expected[inside], atol=1e-9)


def test_nothing_is_nothing():
    data = torch.rand(1, 5, 5)
    assert torch.equal(run(GaussianBlur(0, 0), data), data)
    torch.testing.assert_close(run(Sharpen(0, 0), data), data)
    constant = torch.full((2, 4, 5, 6), 3.0)
    torch.testing.assert_close(run(GaussianBlur(2, 2) | Sharpen(1, 1), constant), constant)


@pytest.mark.parametrize("kind", [torch.uint8, torch.float16, torch.float32, torch.float64])
def test_dtypes_are_kept_and_what_came_in_stays(kind):
    data = (torch.rand(3, 9, 8) * 9).to(kind)
    before = data.clone()
    for transform in (GaussianBlur(1, 2), Sharpen(0.5, 1)):
        assert run(transform, data).dtype == (torch.float32 if kind == torch.uint8 else kind)
    assert torch.equal(data, before)


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="0 <= low <= high in pixels"):
        GaussianBlur(-1, 1)
    with pytest.raises(DrawError, match="0 <= low <= high; sigma above 0 in pixels"):
        Sharpen(-1, 1, sigma=0)
    assert (GaussianBlur(0.5, 2) | Sharpen(0, 1)).plan() == ("1.) gaussian blur of 0.5..2 pixels\n2.) sharpen by 0..1")
