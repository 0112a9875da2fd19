"""Augmentation: a transform describes, a draw decides, and every item of a sample moves alike in one resample."""

from leyden.augment.adapting import Adapted, Library, Relay, adapt
from leyden.augment.batch import BatchDraw, draw_batch
from leyden.augment.blur import Downscale, GaussianBlur, Jpeg, MedianBlur, MotionBlur, Sharpen
from leyden.augment.chain import Chain, Identity, Maybe, OneOf, Order, Range, SomeOf, Transform
from leyden.augment.chain.chance import check, interval, range_text, seed_number, seeded, uniform
from leyden.augment.checking import Finding, Report, check_transform
from leyden.augment.colour import (
    CLAHE, Brightness, ChannelDrop, ChannelGain, ChannelShift, ChannelShuffle, Clip, Contrast, Equalize, Gamma,
    Grayscale, Hue, Intensity, Invert, Linear, Measured, Mixer, Normalize, Posterize, Rescale, Saturation, Solarize,
    ZNorm, colour_jitter,
)  # fmt: skip
from leyden.augment.erase import CoarseDropout, Fill, GridMask, RandomErasing
from leyden.augment.fusing import Draw, Numbers, Scene, Step, read_draws, register, write_draws
from leyden.augment.label import Connectivity, KeepLargest, Labelling, OneHot, Remap
from leyden.augment.mix import CutMix, Mix, MixDraw, MixUp, Mosaic
from leyden.augment.noise import GaussianNoise, ISONoise, SaltPepper, ShotNoise
from leyden.augment.policy import RandAugment, Scenery, TrivialAugment
from leyden.augment.spatial import (
    Affine, Axis, Bending, Border, BoxSafeCrop, CenterCrop, Cubic, Dihedral, Elastic, Flip, GridDistortion, LabelCrop,
    Orientation, Pad, PadDivisible, Perspective, RandomCrop, RandomResizedCrop, Resize, Rot90, Rotate, Scale, Shear,
    Spacing, Spatial, Translate, Zoom, about_centre, rotation, scaling, shift, true_to_scale,
)  # fmt: skip
from leyden.augment.spatial.geometry import axis_index

__all__ = [
    "CLAHE", "Adapted", "Affine", "Axis", "BatchDraw", "Bending", "Border", "BoxSafeCrop", "Brightness", "CenterCrop",
    "Chain", "ChannelDrop", "ChannelGain", "ChannelShift", "ChannelShuffle", "Clip", "CoarseDropout", "Connectivity",
    "Contrast", "Cubic", "CutMix", "Dihedral", "Downscale", "Draw", "Elastic", "Equalize", "Fill", "Finding", "Flip",
    "Gamma", "GaussianBlur", "GaussianNoise", "Grayscale", "GridDistortion", "GridMask", "Hue", "ISONoise", "Identity",
    "Intensity", "Invert", "Jpeg", "KeepLargest", "LabelCrop", "Labelling", "Library", "Linear", "Maybe", "Measured",
    "MedianBlur", "Mix", "MixDraw", "MixUp", "Mixer", "Mosaic", "MotionBlur", "Normalize", "Numbers", "OneHot", "OneOf",
    "Order", "Orientation", "Pad", "PadDivisible", "Perspective", "Posterize", "RandAugment", "RandomCrop",
    "RandomErasing", "RandomResizedCrop", "Range", "Relay", "Remap", "Report", "Rescale", "Resize", "Rot90", "Rotate",
    "SaltPepper", "Saturation", "Scale", "Scene", "Scenery", "Sharpen", "Shear", "ShotNoise", "Solarize", "SomeOf",
    "Spacing", "Spatial", "Step", "Transform", "Translate", "TrivialAugment", "ZNorm", "Zoom", "about_centre", "adapt",
    "axis_index", "check", "check_transform", "colour_jitter", "draw_batch", "interval", "range_text", "read_draws",
    "register", "rotation", "scaling", "seed_number", "seeded", "shift", "true_to_scale", "uniform", "write_draws",
]  # fmt: skip
