from dataclasses import dataclass

import pytest
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
    Spatial,
    Translate,
    Zoom,
    blur,
    colour,
    erase,
    label,
    noise,
    register,
    shift,
    spatial,
)  # fmt: skip
from leyden.augment.chain import SomeOf
from leyden.augment.checking import check_transform
from leyden.augment.colour import Hue
from leyden.augment.policy import RandAugment, TrivialAugment
from leyden.errors import DrawError
from leyden.items import Image

NAMES = {name: made for room in (blur, colour, erase, label, noise, spatial) for name, made in vars(room).items()}
CATALOGUE = [
    "Affine(degrees=10)",
    "Perspective(0.1)",
    "Elastic(0.05)",
    "GridDistortion(0.1)",
    "RandomResizedCrop(16)",
    "LabelCrop(8)",
    "BoxSafeCrop()",
    "Pad(60)",
    "PadDivisible(16)",
    "Spacing(1.5)",
    "Orientation('RAS')",
    "Dihedral()",
    "Cubic()",
    "Rot90()",
    "Scale(0.8,1.2)",
    "Invert()",
    "Clip(0,1)",
    "Gamma(0.7,1.4)",
    "Posterize(3,5)",
    "Solarize(0.3,0.8)",
    "Saturation(0.3)",
    "Grayscale()",
    "Equalize()",
    "CLAHE()",
    "ChannelDrop(1)",
    "ChannelGain(0.2)",
    "ChannelShift(0.1)",
    "ChannelShuffle()",
    "Normalize((0.5,0.4,0.5),(0.2,0.2,0.3))",
    "ZNorm()",
    "Rescale(1,99)",
    "GaussianBlur(0.5,1)",
    "Sharpen(0.5,1)",
    "MotionBlur(3,5)",
    "MedianBlur(3)",
    "Jpeg(50,90)",
    "Downscale(0.5,0.8)",
    "GaussianNoise(0,0.1)",
    "SaltPepper(0,0.1)",
    "ShotNoise(100,200)",
    "ISONoise(0.1,0.2)",
    "RandomErasing()",
    "CoarseDropout(1,3)",
    "GridMask(2,4)",
    "OneHot(4)",
    "KeepLargest()",
]

KEPT = [
    Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | RandomCrop(16) | Brightness(0.2) | Contrast(0.2),
    OneOf(Identity(), Shear(8), Translate(0.1)) | Border("zeros") | Resize(24),
    SomeOf(Flip("y"), Rotate(180), Brightness(0.1), count=(1, 3), order="shuffled") | CenterCrop(12),
    RandAugment(),
    TrivialAugment("volume"),
]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("transform", KEPT, ids=repr)
def test_our_own_keep_the_laws(transform):
    report = check_transform(transform)
    assert report.passed
    assert len({finding.law for finding in report.findings}) == 14


@pytest.mark.usefixtures("unchecked")  # thousands of calls, each of them checked elsewhere
@pytest.mark.parametrize("expression", CATALOGUE)
def test_the_catalogue_keeps_the_laws(expression):
    assert check_transform(eval(expression, NAMES)).passed


def test_what_it_is_not_for_is_said():
    report = check_transform(Hue(20))
    assert [name for name, _ in report.refused] == ["volume"]
    assert {finding.sample for finding in report.findings} == {"picture", "bytes"}


@register
@dataclass(frozen=True, repr=False)
class Drunk(Intensity):
    "Everything wrong at once."

    def numbers(self, generator, scene):
        return (torch.rand(()).item(),)

    def change(self, numbers, data):
        return data.mul_(torch.rand(()))


@register
@dataclass(frozen=True, repr=False)
class Fragile(Spatial):
    "Works on pictures; on volumes it fails as programs do."

    def matrix(self, numbers, size):
        return shift((1.0, 2.0)) if len(size) == 2 else shift((1.0, 2.0, 3.0))[9]


def test_all_violations_are_said_at_once_with_what_to_do():
    with pytest.raises(DrawError) as caught:
        check_transform(Drunk())
    message = str(caught.value)
    assert message.startswith("Drunk() breaks ")
    for part in (
        "- draws are values (picture, bytes, volume): it draws from torch's global generator",
        "- replays byte for byte (picture, bytes, volume): ",
        "- input is untouched (picture, volume): it changed the Image it was given",
    ):
        assert part in message


def test_a_transform_that_fails_as_programs_do_is_told_to_refuse():
    with pytest.raises(
        DrawError, match=r"draws and acts \(volume\): IndexError: .* raise a DrawError, with what to do"
    ):
        check_transform(Fragile())


def test_samples_given_are_not_changed_by_a_transform_that_changes_them():
    image = Image(torch.rand(1, 9, 9))
    before = image.data.clone()
    with pytest.raises(DrawError, match="input is untouched"):
        check_transform(Drunk(), {"mine": image})
    assert torch.equal(image.data, before)


def test_a_transform_that_takes_no_sample_is_not_checked():
    with pytest.raises(
        DrawError, match=r"takes no sample, so nothing was checked; give samples it takes\. It said: pic"
    ):
        check_transform(RandomCrop(999))


def test_samples_may_be_given():
    report = check_transform(RandomCrop(60), {"large": Image(torch.rand(1, 70, 80))}, seed=5)
    assert {finding.sample for finding in report.findings} == {"large"}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("given", "told"), [(Flip, "got the class Flip: make one"), ("Flip", "got 'Flip': give one")])
def test_what_is_no_transform_is_told(given, told):
    with pytest.raises(DrawError, match=f"^check_transform tries a transform, {told}, such as Flip"):
        check_transform(given)
