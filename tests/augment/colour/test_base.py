from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from leyden.augment import Brightness, Contrast, Intensity, Linear, Rotate
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask


@dataclass(frozen=True)
class Tint(Linear):
    def line(self, numbers):
        return (2.0, 1.0, 0.5), (0.0, 0.5, 0.0)


@dataclass(frozen=True)
class Root(Intensity):
    def change(self, numbers, data):
        return data.sqrt()

    def undo(self, numbers, data):
        return data.square()


@dataclass(frozen=True)
class Clip(Intensity):
    def change(self, numbers, data):
        return data.clamp(0, 1)


def run(transform, sample, seed=0):
    return transform(torch.Generator().manual_seed(seed), sample)


def test_brightness_adds_and_contrast_spreads_about_the_mean_of_each_channel():
    data = torch.tensor([[[0.0, 1.0]], [[4.0, 8.0]]])
    assert run(Brightness((0.25, 0.25)), Image(data)) == Image(data + 0.25)
    assert run(Contrast((1, 1)), Image(data)) == Image(torch.tensor([[[-0.5, 1.5]], [[2.0, 10.0]]]))


@pytest.mark.parametrize("size", [(5, 6), (3, 4, 5)])
def test_a_chain_of_linear_steps_is_one_line_and_does_what_the_steps_do(size):
    image = Image(torch.rand(3, *size, dtype=torch.float64))
    steps = [Contrast(0.5), Brightness(0.3), Tint(), Contrast((0.1, 0.9)), Brightness((1, 2)), Contrast(0.2)]
    chain = steps[0] | steps[1] | steps[2] | steps[3] | steps[4] | steps[5]
    draw = chain.draw(torch.Generator().manual_seed(4), image)
    assert len(draw.fusion.colours) == 1
    slow = image
    for step in draw.steps:
        slow = type(draw)(image.size, (step,))(slow)
    torch.testing.assert_close(draw(image).data, slow.data)
    torch.testing.assert_close(draw.invert(draw(image)).data, image.data)


def test_other_steps_keep_their_place_between_lines():
    image = Image(torch.full((1, 2, 2), 4.0))
    draw = (Brightness((5, 5)) | Root() | Brightness((1, 1)) | Brightness((1, 1))).draw(torch.Generator(), image)
    assert len(draw.fusion.colours) == 3
    assert draw(image) == Image(torch.full((1, 2, 2), 5.0))
    assert draw.invert(draw(image)) == image


def test_only_images_have_colours():
    sample = (Mask(torch.ones(4, 4, dtype=torch.uint8)), Keypoints(torch.ones(1, 2), (4, 4)))
    assert run(Brightness(0.5) | Contrast(0.5), sample) == sample


def test_a_step_without_a_way_back_says_so():
    image = Image(torch.rand(1, 4, 4))
    draw = (Rotate(10) | Clip()).draw(torch.Generator(), image)
    with pytest.raises(DrawError, match=r"Clip\(\) has no way back; give it an `undo`, or invert `draw.spatial`"):
        draw.invert(draw(image))
    assert draw.spatial.invert(draw(image)).size == (4, 4)


def test_half_precision_stays_half():
    assert run(Brightness(0.1) | Contrast(0.2) | Tint(), Image(torch.rand(3, 4, 4).half())).data.dtype == torch.float16


def test_an_image_of_other_channels_is_refused():
    with pytest.raises(DrawError, match="a colour step for 3 channels, an image of 1"):
        run(Tint(), Image(torch.rand(1, 4, 4)))


def test_ranges_out_of_order_are_refused():
    with pytest.raises(DrawError, match="low <= high"):
        Brightness((1, 0))
    with pytest.raises(DrawError, match="-1 < low <= high"):
        Contrast(1)


def test_a_line_about_the_mean_may_be_ones_own():
    @dataclass(frozen=True)
    class Flatten(Linear):
        about: ClassVar = "mean"

        def line(self, numbers):
            return (0.0,), (0.0,)

    image = Image(torch.tensor([[[0.0, 1.0]]]))
    draw = Flatten().draw(torch.Generator(), image)
    assert draw(image) == Image(torch.tensor([[[0.5, 0.5]]]))
    with pytest.raises(DrawError, match="sends all values of a channel to one"):
        draw.invert(image)
