import cv2
import numpy as np
import pytest
import torch
from skimage import data as pictures

from leyden.augment.blur.loss import Downscale, Jpeg
from leyden.errors import DrawError
from leyden.items import Image, Mask


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


def test_a_picture_comes_back_as_opencv_reads_it():
    pixels = pictures.chelsea()[:64, :80]
    for quality in (5, 90):
        _, stored = cv2.imencode(".jpg", pixels[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
        expected = cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1]
        result = run(Jpeg(quality, quality), torch.tensor(pixels).permute(2, 0, 1))
        assert np.array_equal((result.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy(), expected)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", [torch.float16, torch.float32, torch.float64])
def test_good_quality_is_close_and_dtypes_are_kept(channels, kind):
    data = (torch.linspace(0, 1, 40).view(1, 1, -1) * torch.ones(channels, 30, 1)).to(kind)
    before = data.clone()
    result = run(Jpeg(100, 100), data)
    assert result.dtype == kind
    torch.testing.assert_close(result, data, atol=0.02, rtol=0)
    assert torch.equal(data, before)
    assert run(Jpeg(50, 50), torch.rand(channels, 1, 1)).shape == (channels, 1, 1)


def test_what_cannot_be_a_jpeg_is_refused():
    with pytest.raises(DrawError, match="a volume is not stored so"):
        run(Jpeg(1, 100), torch.rand(3, 4, 4, 4))
    with pytest.raises(DrawError, match="needs a picture of 1 or 3 channels"):
        run(Jpeg(1, 100), torch.rand(2, 4, 4))
    with pytest.raises(DrawError, match="OpenCV cannot store a picture of"):
        run(Jpeg(1, 100), torch.zeros(1, 1, 70000))
    mask = Mask(torch.ones(4, 4, dtype=torch.uint8))
    assert Jpeg(1, 100)(torch.Generator(), mask) == mask


@pytest.mark.parametrize("size", [(8, 12), (4, 8, 12)])
def test_halving_averages_and_enlarges_linearly(size):
    data = torch.rand(2, *size, dtype=torch.float64)
    result = run(Downscale(0.5, 0.5), data)
    coarse = data
    for axis in range(1, data.ndim):
        coarse = coarse.unflatten(axis, (-1, 2)).mean(axis + 1)
    places = [np.clip((np.arange(count) + 0.5) / 2 - 0.5, 0, count / 2 - 1) for count in size]
    for channel, expected in zip(result, coarse.numpy(), strict=True):
        for axis, place in enumerate(places):
            below = np.floor(place).astype(int)
            above = np.minimum(below + 1, expected.shape[axis] - 1)
            share = (place - below).reshape([-1 if other == axis else 1 for other in range(len(size))])
            expected = expected.take(below, axis) * (1 - share) + expected.take(above, axis) * share
        np.testing.assert_allclose(channel, expected, atol=1e-12)


def test_a_factor_of_one_changes_nothing_and_one_pixel_stays():
    data = torch.rand(2, 5, 7)
    torch.testing.assert_close(run(Downscale(1, 1), data), data)
    assert run(Downscale(0.01, 0.01), data).std(dim=(1, 2)).max() < 1e-6
    assert run(Downscale(0.5, 0.5), torch.rand(1, 1, 1).half()).dtype == torch.float16


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="whole 1 <= low <= high <= 100"):
        Jpeg(0, 101)
    with pytest.raises(DrawError, match="0 < low <= high <= 1"):
        Downscale(0.5, 2)
    assert (Jpeg(40, 90) | Downscale(0.25, 0.5)).plan() == "1.) JPEG of quality 40..90\n2.) downscale by 0.25..0.5"
