from dataclasses import dataclass

import torch

from leyden.augment import (
    Border,
    Brightness,
    CenterCrop,
    Contrast,
    Flip,
    Identity,
    Intensity,
    Maybe,
    OneOf,
    RandomCrop,
    Resize,
    Rotate,
    Shear,
    Translate,
    Zoom,
)  # fmt: skip
from leyden.augment.label import KeepLargest
from leyden.augment.spatial import Elastic, LabelCrop
from leyden.items import Image


@dataclass(frozen=True)
class Gamma(Intensity):
    power: float

    def change(self, numbers, data):
        return data**self.power


def test_a_plan_says_what_is_fused():
    chain = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | RandomCrop(224, 224) | Brightness(0.2)
    assert chain.plan().splitlines() == [
        "1.) one resample, reflection at the border: 50 % flip x, rotate +-15 deg, zoom 0.9..1.1, crop 224 x 224",
        "2.) one linear colour step: brightness +-0.2",
    ]


def test_chances_multiply_and_the_border_is_named():
    chain = Maybe(OneOf(Shear(5), Translate(0.1) | Resize(8), weights=(1, 3)), p=0.5) | Border("zeros")
    assert chain.plan() == (
        "1.) one resample, zeros at the border: 12.5 % shear +-5 deg, 37.5 % shift +-10 %, 37.5 % resize to 8"
    )


def test_flips_and_crops_are_an_exact_copy():
    assert (Flip("y") | CenterCrop(4, 6)).plan() == "1.) one exact copy: flip y, crop 4 x 6 from the middle"


def test_a_step_that_is_not_linear_splits_the_lines():
    chain = Brightness(0.1) | Contrast((-0.5, 0)) | Gamma(2.0) | Contrast(0.1) | Rotate((0, 10), axis="y")
    assert chain.plan().splitlines() == [
        "1.) one resample, reflection at the border: rotate 0..10 deg about y",
        "2.) one linear colour step: brightness +-0.1, contrast -0.5..0",
        "3.) Gamma(power=2.0)",
        "4.) one linear colour step: contrast +-0.1",
        "- not linear, so the linear steps before and after stay two: Gamma(power=2.0)",
    ]


def test_a_last_colour_step_splits_nothing():
    assert "-" not in (Contrast((0, 0.1)) | Gamma(2.0)).plan()


def test_nothing_is_nothing():
    assert Identity().plan() == "nothing"


def test_a_draw_has_a_plan_with_its_numbers():
    draw = (Rotate((90, 90)) | Brightness((0.5, 0.5))).draw(torch.Generator(), Image(torch.rand(1, 4, 4)))
    assert draw.plan().splitlines() == [
        "1.) one exact copy: Rotate((90, 90)) at 90",
        "2.) one linear colour step: Brightness((0.5, 0.5)) at 0.5",
    ]


def test_a_field_before_a_map_says_that_it_acts_after_it():
    assert (Elastic(0.05) | Rotate(10)).plan().splitlines()[1:] == [
        f"- fields, so they act after all other spatial steps: {Elastic(0.05).describe()}"
    ]
    assert "fields" not in (Rotate(10) | Elastic(0.05)).plan()


def test_a_step_that_looks_at_the_sample_says_at_what():
    crop = LabelCrop(8)
    assert crop.plan().splitlines()[-1] == (
        f"- decided by a look at the sample, not by chance alone: {crop.describe()} (the mask)"
    )


def test_label_steps_are_a_pass_of_their_own():
    assert (KeepLargest() | Flip("x")).plan().splitlines() == [
        "1.) one exact copy: flip x",
        f"2.) labels: {KeepLargest().describe()}",
    ]
