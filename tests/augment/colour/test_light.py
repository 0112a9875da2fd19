import numpy as np
import pytest
import torch
from PIL import Image as Picture
from PIL import ImageOps

from leyden.augment.colour.light import Brightness, Contrast, Invert
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, sample, seed=0):
    return transform(torch.Generator().manual_seed(seed), sample)


def test_brightness_adds_and_contrast_spreads_about_the_mean_of_each_channel():
    data = torch.tensor([[[0.0, 1.0]], [[4.0, 8.0]]])
    assert run(Brightness((0.25, 0.25)), Image(data)) == Image(data + 0.25)
    assert run(Contrast((1, 1)), Image(data)) == Image(torch.tensor([[[-0.5, 1.5]], [[2.0, 10.0]]]))


def test_ranges_out_of_order_are_refused():
    with pytest.raises(DrawError, match="low <= high"):
        Brightness((1, 0))
    with pytest.raises(DrawError, match="-1 < low <= high"):
        Contrast(1)


def test_a_negative_is_that_of_pillow_and_comes_back():
    pixels = torch.randint(0, 256, (6, 7, 3), dtype=torch.uint8)
    expected = np.asarray(ImageOps.invert(Picture.fromarray(pixels.numpy())))
    image = Image(pixels.permute(2, 0, 1) / 255)
    draw = Invert().draw(torch.Generator(), image)
    torch.testing.assert_close(draw(image).data.permute(1, 2, 0) * 255, torch.tensor(expected).float())
    torch.testing.assert_close(draw.invert(draw(image)).data, image.data)
    assert run(Invert(white=200), Image(torch.tensor([[[50.0]]]))) == Image(torch.tensor([[[150.0]]]))


def test_words():
    assert (Brightness(0.2) | Contrast((0, 0.5)) | Invert() | Invert(2)).plan() == (
        "1.) one linear colour step: brightness +-0.2, contrast 0..0.5, negative, negative about 1"
    )
