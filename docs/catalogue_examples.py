"""One example a transform, for the pictures of the catalogue: how it is made, and on what it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["EXAMPLES", "Example", "Make", "Subject"]

Subject: TypeAlias = Literal["photo", "photos", "scan"]
"""What is shown: a photograph, several at once, or the middle slice of a volume."""

Make: TypeAlias = Callable[[Any], Any]
"""Makes a transform, from all of them by name."""


@dataclass(frozen=True)
class Example:
    """How a transform is shown.

    Args:
        make: the transform that the picture shows.
        subject: what it is shown on.
        solid: the same for a volume of 20 x 24 x 22 pixels, where sizes must be other ones.
        seed: of the draw; one whose draw shows what happens.
        stretched: whether the picture after is shown from its lowest value to its highest.
    """

    make: Make
    subject: Subject = "photo"
    solid: Make | None = None
    seed: int = 0
    stretched: bool = False


def scan(make: Make, solid: Make | None = None, *, seed: int = 0) -> Example:
    return Example(make, "scan", solid, seed)


def scores(make: Make, subject: Subject = "photo") -> Example:
    return Example(make, subject, stretched=True)


PLACES: dict[str, Example] = {
    "Affine": Example(lambda ly: ly.Affine(20, (0.8, 1.1), 0.1, 10), seed=1),
    "Border": Example(lambda ly: ly.Rotate((25, 25)) | ly.Border("zeros")),
    "BoxSafeCrop": Example(lambda ly: ly.BoxSafeCrop(96), solid=lambda ly: ly.BoxSafeCrop(16), seed=2),
    "CenterCrop": Example(lambda ly: ly.CenterCrop(96), solid=lambda ly: ly.CenterCrop(16)),
    "Cubic": scan(lambda ly: ly.Cubic(), seed=1),
    "Dihedral": Example(lambda ly: ly.Dihedral(), seed=4),
    "Elastic": Example(lambda ly: ly.Elastic(0.08), seed=1),
    "Flip": Example(lambda ly: ly.Flip("x")),
    "GridDistortion": Example(lambda ly: ly.GridDistortion(0.3), seed=1),
    "LabelCrop": Example(lambda ly: ly.LabelCrop(64), solid=lambda ly: ly.LabelCrop(12), seed=2),
    "Orientation": scan(lambda ly: ly.Orientation("LAS")),
    "Pad": Example(lambda ly: ly.Pad(160), solid=lambda ly: ly.Pad(26)),
    "PadDivisible": Example(lambda ly: ly.PadDivisible(48)),
    "Perspective": Example(lambda ly: ly.Perspective(0.15), seed=2),
    "RandomCrop": Example(lambda ly: ly.RandomCrop(96), solid=lambda ly: ly.RandomCrop(16), seed=1),
    "RandomResizedCrop": Example(lambda ly: ly.RandomResizedCrop(128, scale=(0.2, 0.6)), seed=2),
    "Resize": Example(lambda ly: ly.Resize(48), solid=lambda ly: ly.Resize(16)),
    "Rot90": Example(lambda ly: ly.Rot90(), seed=2),
    "Rotate": Example(lambda ly: ly.Rotate((20, 20))),
    "Scale": Example(lambda ly: ly.Scale(0.6, 1.4), seed=3),
    "Shear": Example(lambda ly: ly.Shear((20, 20))),
    "Spacing": scan(lambda ly: ly.Spacing(4.0)),
    "Translate": Example(lambda ly: ly.Translate(0.2), seed=1),
    "Zoom": Example(lambda ly: ly.Zoom(1.4, 1.4)),
}

VALUES: dict[str, Example] = {
    "Brightness": Example(lambda ly: ly.Brightness((0.25, 0.25))),
    "CLAHE": Example(lambda ly: ly.CLAHE(3.0, 3.0)),
    "ChannelDrop": Example(lambda ly: ly.ChannelDrop(), seed=1),
    "ChannelGain": Example(lambda ly: ly.ChannelGain(0.4), seed=1),
    "ChannelShift": Example(lambda ly: ly.ChannelShift(0.2), seed=1),
    "ChannelShuffle": Example(lambda ly: ly.ChannelShuffle(), seed=2),
    "Clip": Example(lambda ly: ly.Clip(0.3, 0.7)),
    "Contrast": Example(lambda ly: ly.Contrast((0.8, 0.8))),
    "Equalize": Example(lambda ly: ly.Equalize()),
    "Gamma": Example(lambda ly: ly.Gamma(2.0, 2.0)),
    "Grayscale": Example(lambda ly: ly.Grayscale()),
    "Hue": Example(lambda ly: ly.Hue((120, 120))),
    "Invert": Example(lambda ly: ly.Invert()),
    "Normalize": scores(lambda ly: ly.Normalize(0.5, 0.25)),
    "Posterize": Example(lambda ly: ly.Posterize(2, 2)),
    "Rescale": Example(lambda ly: ly.Rescale(5, 95)),
    "Saturation": Example(lambda ly: ly.Saturation((1, 1))),
    "Solarize": Example(lambda ly: ly.Solarize(0.5, 0.5)),
    "ZNorm": scores(lambda ly: ly.ZNorm()),
    "colour_jitter": Example(lambda ly: ly.colour_jitter(0.4, 0.4, saturation=0.4, hue=40), seed=5),
}

DETAIL: dict[str, Example] = {
    "CoarseDropout": Example(lambda ly: ly.CoarseDropout(8, 8)),
    "Downscale": Example(lambda ly: ly.Downscale(0.2, 0.2)),
    "GaussianBlur": Example(lambda ly: ly.GaussianBlur(2.0, 2.0)),
    "GaussianNoise": Example(lambda ly: ly.GaussianNoise(0.1, 0.1)),
    "GridMask": Example(lambda ly: ly.GridMask(5, 5)),
    "ISONoise": Example(lambda ly: ly.ISONoise(0.8, 0.8)),
    "Jpeg": Example(lambda ly: ly.Jpeg(8, 8)),
    "MedianBlur": Example(lambda ly: ly.MedianBlur(5)),
    "MotionBlur": Example(lambda ly: ly.MotionBlur(9, 9, (30, 30))),
    "RandomErasing": Example(lambda ly: ly.RandomErasing((0.1, 0.1))),
    "SaltPepper": Example(lambda ly: ly.SaltPepper(0.05, 0.05)),
    "Sharpen": Example(lambda ly: ly.Sharpen(2.0, 2.0)),
    "ShotNoise": Example(lambda ly: ly.ShotNoise(50, 50)),
}

MEANINGS: dict[str, Example] = {
    "CutMix": Example(lambda ly: ly.CutMix(4.0), "photos", seed=3),
    "KeepLargest": Example(lambda ly: ly.KeepLargest()),
    "MixUp": Example(lambda ly: ly.MixUp(4.0), "photos"),
    "Mosaic": Example(lambda ly: ly.Mosaic(128, 128), "photos", solid=lambda ly: ly.Mosaic(20, 24, 22)),
    "OneHot": Example(lambda ly: ly.OneHot(3)),
    "Remap": Example(lambda ly: ly.Remap({1: 2, 2: 1})),
}

CHANCES: dict[str, Example] = {
    "Chain": Example(lambda ly: ly.Flip("x") | ly.Rotate((20, 20)) | ly.Brightness((0.2, 0.2))),
    "Identity": Example(lambda ly: ly.Identity()),
    "Maybe": Example(lambda ly: ly.Maybe(ly.Flip("x"), 0.5), seed=3),
    "OneOf": Example(lambda ly: ly.OneOf(ly.Rotate(30), ly.Invert()), seed=1),
    "RandAugment": Example(lambda ly: ly.RandAugment(), solid=lambda ly: ly.RandAugment(scenery="volume"), seed=5),
    "SomeOf": Example(lambda ly: ly.SomeOf(ly.Flip("x"), ly.Rotate(30), ly.Invert(), count=2), seed=1),
    "TrivialAugment": Example(
        lambda ly: ly.TrivialAugment(), solid=lambda ly: ly.TrivialAugment(scenery="volume"), seed=4
    ),
}

SCANNERS: dict[str, Example] = {
    "Anisotropy": scan(lambda ly: ly.Anisotropy(6, 6, axis="y")),
    "BiasField": scan(lambda ly: ly.BiasField(0.7), seed=2),
    "Ghosting": scan(lambda ly: ly.Ghosting(axis="y"), seed=1),
    "Gibbs": scan(lambda ly: ly.Gibbs(0.3, 0.3)),
    "HistogramShift": scan(lambda ly: ly.HistogramShift(5), seed=1),
    "Motion": scan(lambda ly: ly.Motion(8, 6, 4, axis="y"), seed=2),
    "NonzeroZNorm": scores(lambda ly: ly.NonzeroZNorm(), "scan"),
    "RicianNoise": scan(lambda ly: ly.RicianNoise(0.1, 0.1)),
    "Spike": scan(lambda ly: ly.Spike(intensity=(0.5, 0.5)), seed=1),
    "to_grid": scan(lambda ly: ly.to_grid(4.0)),
}

EXAMPLES: dict[str, Example] = {**PLACES, **VALUES, **DETAIL, **MEANINGS, **CHANCES, **SCANNERS}
