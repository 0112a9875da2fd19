import pytest
import torch

from leyden.augment.colour.jitter import colour_jitter
from leyden.augment.colour.saturation import Saturation
from leyden.errors import DrawError
from leyden.items import Image


def test_only_what_is_asked_for_is_done_and_the_linear_ones_fuse():
    assert repr(colour_jitter(saturation=0.2)) == repr(Saturation(0.2) | colour_jitter())
    image = Image(torch.rand(3, 4, 4))
    draw = colour_jitter(0.1, 0.2, saturation=0.3, hue=(5, 10)).draw(torch.Generator().manual_seed(0), image)
    assert len(draw.steps) == 4
    assert len(draw.fusion.colours) == 2
    assert colour_jitter()(torch.Generator(), image) == image


def test_images_without_colour_take_the_first_two():
    image = Image(torch.rand(1, 4, 4))
    assert colour_jitter(0.1, 0.2)(torch.Generator(), image).data.shape == (1, 4, 4)
    with pytest.raises(DrawError, match="needs 3 channels"):
        colour_jitter(hue=10)(torch.Generator(), image)
