from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from leyden.augment import Brightness, Contrast, Flip, Intensity, Linear, Rotate
from leyden.augment.colour.base import Measured, Mixer, channels_of, demand_finite, demand_rgb
from leyden.augment.fusing.scene import Scene
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


@dataclass(frozen=True)
class Stretch(Measured):
    def measure(self, numbers, data):
        return tuple(bound.item() for bound in data.aminmax())

    def apply(self, numbers, data, measured):
        return (data - measured[0]) / (measured[1] - measured[0])


@dataclass(frozen=True)
class Swap(Mixer):
    def mix(self, numbers):
        return ((0.0, 1.0), (1.0, 0.0)), (0.5,)


def run(transform, sample, seed=0):
    return transform(torch.Generator().manual_seed(seed), sample)


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


def test_a_line_about_the_mean_may_be_ones_own():
    @dataclass(frozen=True)
    class Flatten(Linear):
        about: ClassVar = "mean"

        def line(self, numbers):
            return (0.0,), (0.0,)

    image = Image(torch.tensor([[[0.0, 1.0]]]))
    draw = Flatten().draw(torch.Generator(), image)
    assert draw(image) == Image(torch.tensor([[[0.5, 0.5]]]))
    with pytest.raises(DrawError, match="no way back"):
        draw.invert(image)


def test_a_mixer_fuses_with_its_neighbours_and_comes_back():
    image = Image(torch.rand(2, 4, 4, dtype=torch.float64))
    draw = (Contrast(0.5) | Swap() | Brightness(0.2)).draw(torch.Generator().manual_seed(1), image)
    assert len(draw.fusion.colours) == 1
    torch.testing.assert_close(draw.invert(draw(image)).data, image.data)
    assert run(Swap(), image) == Image(image.data.flip(0) + 0.5)


def test_a_mixer_of_rows_that_are_no_square_is_refused():
    @dataclass(frozen=True)
    class Crooked(Mixer):
        def mix(self, numbers):
            return ((1.0, 0.0),), (0.0,)

    with pytest.raises(DrawError, match="as many rows as channels"):
        run(Crooked(), Image(torch.rand(2, 4, 4)))


def test_what_is_measured_is_of_the_whole_image():
    image = Image(torch.tensor([[[1.0, 3.0]], [[2.0, 5.0]]]))
    assert run(Stretch(), image) == Image(torch.tensor([[[0.0, 0.5]], [[0.25, 1.0]]]))
    colours = Stretch().draw(torch.Generator(), image).fusion.colours
    assert colours[0].statistics(image.data) == (1.0, 5.0)
    with pytest.raises(DrawError, match="has no way back"):
        colours[0].undo(image.data)


def test_steps_work_in_place_on_what_the_move_made_and_never_on_what_came_in():
    @dataclass(frozen=True)
    class Halve(Intensity):
        def change(self, numbers, data):
            return self.change_(numbers, data.clone())

        def change_(self, numbers, data):
            return data.mul_(0.5)

    image = Image(torch.ones(1, 4, 4))
    assert run(Flip("x") | Halve(), image) == Image(torch.full((1, 4, 4), 0.5))
    assert run(Halve(), image) == Image(torch.full((1, 4, 4), 0.5))
    assert image == Image(torch.ones(1, 4, 4))


def test_channels_are_those_of_the_images_and_must_agree():
    image, mask = Image(torch.rand(2, 4, 4)), Mask(torch.ones(4, 4, dtype=torch.uint8))
    assert channels_of(Scene.of((mask, image, image))) == 2
    assert channels_of(Scene.of(mask)) == 0
    with pytest.raises(DrawError, match="images of 1 and 2 channels in one sample"):
        channels_of(Scene.of((image, Image(torch.rand(1, 4, 4)))))


def test_what_a_colour_step_needs_of_an_image_is_said():
    demand_rgb("step", 3)
    demand_rgb("step", 0)
    with pytest.raises(DrawError, match=r"'step' needs 3 channels \(red, green, blue\), the image has 4"):
        demand_rgb("step", 4)
    demand_finite("step", (1.0, 2.0))
    for bad in (float("nan"), float("inf")):
        with pytest.raises(DrawError, match="'step' needs a statistic of the image, which holds NaN or infinite"):
            demand_finite("step", (1.0, bad))
