import cv2
import numpy as np
import pytest
import torch
from skimage import data as pictures
from skimage import exposure

from leyden.augment.colour.histogram import CLAHE, Equalize
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(30, 40), (8, 9, 10)])
def test_equalising_is_that_of_skimage_on_the_range_of_each_channel(kind, size):
    data = (torch.randn(2, *size, generator=torch.Generator().manual_seed(0)) ** 2 * 30 - 5).to(kind)
    for channel, result in zip(data.numpy(), run(Equalize(64), data), strict=True):
        expected = exposure.equalize_hist(channel, 64) * (channel.max() - channel.min()) + channel.min()
        # a value on the edge of two bins may be counted in either
        np.testing.assert_allclose(result, expected, atol=3 * np.ptp(channel) / channel.size)


def test_clahe_is_that_of_opencv_on_bytes():
    picture = torch.tensor(pictures.chelsea()[:120, :200]).permute(2, 0, 1).contiguous()
    expected = [cv2.createCLAHE(3.0, (8, 8)).apply(channel) for channel in picture.numpy()]
    low, high = picture.min().item() / 255, picture.max().item() / 255
    assert (low, high) == (0, pytest.approx(231 / 255))
    full = picture.clone()
    full[:, 0, 0], full[:, 0, 1] = 0, 255
    expected = [cv2.createCLAHE(3.0, (8, 8)).apply(channel) for channel in full.numpy()]
    result = run(CLAHE(3, 3), full)
    np.testing.assert_array_equal((result * 255).round().to(torch.uint8).numpy(), expected)


def test_clahe_takes_volumes_slice_by_slice_and_keeps_their_range():
    data = torch.rand(2, 3, 32, 40) * 1000 - 500
    result = run(CLAHE(2, 2, tiles=4), data)
    assert result.min() >= data.min() - 1e-3
    assert result.max() <= data.max() + 1e-3
    low, high = data.min(), data.max()
    levels = ((data[1, 2] - low) * (255 / (high - low))).round().to(torch.uint8).numpy()
    alone = torch.tensor(cv2.createCLAHE(2.0, (4, 4)).apply(levels)) * ((high - low) / 255) + low
    torch.testing.assert_close(result[1, 2], alone, atol=1e-2, rtol=0)


@pytest.mark.parametrize("kind", [torch.uint8, torch.float16, torch.float32, torch.float64])
def test_constant_images_stay_and_dtypes_are_kept(kind):
    data = torch.full((2, 9, 9), 3).to(kind)
    expected = data / 255 if kind == torch.uint8 else data
    for transform in (Equalize(), CLAHE()):
        torch.testing.assert_close(run(transform, data), expected)
        assert run(transform, data).dtype == expected.dtype
        assert run(transform, torch.rand(1, 1, 1)).shape == (1, 1, 1)


def test_infinite_values_are_refused_and_so_are_bad_numbers():
    for transform in (Equalize(), CLAHE()):
        with pytest.raises(DrawError, match="holds NaN or infinite values"):
            run(transform, torch.tensor([[[1.0, float("inf")]]]))
    with pytest.raises(DrawError, match="2 bins and up"):
        Equalize(1)
    with pytest.raises(DrawError, match="0 < low <= high; 1 tile and up"):
        CLAHE(0, 1, tiles=0)


def test_words():
    assert (Equalize() | CLAHE()).plan() == "1.) equalise each channel\n2.) CLAHE with a limit of 1..4"
