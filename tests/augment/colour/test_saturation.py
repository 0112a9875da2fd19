import cv2
import numpy as np
import pytest
import torch

from leyden.augment import Brightness
from leyden.augment.colour.saturation import Grayscale, Saturation
from leyden.errors import DrawError
from leyden.items import Image, Mask


def run(transform, sample, seed=0):
    return transform(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(5, 6), (3, 4, 5)])
def test_gray_is_that_of_opencv_and_saturation_blends_with_it(size):
    data = torch.rand(3, *size)
    gray = cv2.cvtColor(data.view(3, 1, -1).permute(1, 2, 0).contiguous().numpy(), cv2.COLOR_RGB2GRAY)
    gray = torch.tensor(gray).view(1, *size).expand(3, *size)
    torch.testing.assert_close(run(Grayscale(), Image(data)).data, gray, atol=2e-5, rtol=0)
    torch.testing.assert_close(run(Grayscale(0.25), Image(data)).data, 0.75 * data + 0.25 * gray, atol=2e-5, rtol=0)
    torch.testing.assert_close(run(Saturation((1, 1)), Image(data)).data, 2 * data - gray, atol=4e-5, rtol=0)
    torch.testing.assert_close(run(Saturation((-1, -1)), Image(data)).data, gray, atol=2e-5, rtol=0)


def test_a_factor_of_one_changes_nothing_and_grays_stay():
    data = torch.rand(3, 4, 4, dtype=torch.float64)
    torch.testing.assert_close(run(Saturation((0, 0)), Image(data)).data, data)
    gray = torch.rand(1, 4, 4, dtype=torch.float64).expand(3, 4, 4)
    torch.testing.assert_close(run(Saturation(0.9), Image(gray)).data, gray)


def test_saturation_comes_back_and_gray_does_not():
    image = Image(torch.rand(3, 4, 4, dtype=torch.float64))
    draw = (Saturation(0.5) | Brightness(0.1)).draw(torch.Generator().manual_seed(0), image)
    torch.testing.assert_close(draw.invert(draw(image)).data, image.data)
    draw = (Grayscale() | Brightness(0.1)).draw(torch.Generator(), image)
    with pytest.raises(DrawError, match="colours to gray; no way back"):
        draw.invert(draw(image))


@pytest.mark.parametrize("transform", [Saturation(0.2), Grayscale()])
def test_other_channels_than_three_are_refused_and_masks_alone_pass(transform):
    for channels in (1, 2, 4):
        with pytest.raises(DrawError, match=rf"needs 3 channels .* has {channels}; leave it out"):
            run(transform, Image(torch.rand(channels, 4, 4)))
    mask = Mask(torch.ones(4, 4, dtype=torch.uint8))
    assert run(transform, mask) == mask


def test_ranges_are_checked_and_worded():
    with pytest.raises(DrawError, match="-1 <= low <= high"):
        Saturation(1.5)
    with pytest.raises(DrawError, match=r"a strength of 0\.\.1"):
        Grayscale(2)
    assert (Saturation(0.2) | Grayscale() | Grayscale(0.5)).plan() == (
        "1.) one linear colour step: saturation +-0.2, grayscale, 50 % grayscale"
    )


def test_half_precision_and_bytes_agree():
    pixels = torch.randint(0, 256, (5, 6, 3), dtype=torch.uint8).permute(2, 0, 1)
    exact = run(Saturation(0.5), Image(pixels.double() / 255)).data
    half = run(Saturation(0.5), Image((pixels / 255).half())).data
    assert half.dtype == torch.float16
    np.testing.assert_allclose(half.double(), exact, atol=2e-3)
