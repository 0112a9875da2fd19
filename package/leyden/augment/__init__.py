"""Augmentation: a transform describes, a draw decides, and every item of a sample moves alike in one resample."""

from leyden.augment.chance import Range
from leyden.augment.choice import Identity, Maybe, OneOf
from leyden.augment.crop import CenterCrop, RandomCrop, Resize
from leyden.augment.draw import Draw
from leyden.augment.geometry import Axis, about_centre, rotation, scaling, shift
from leyden.augment.intensity import Brightness, Contrast, Intensity, Linear
from leyden.augment.spatial import Border, Flip, Rotate, Shear, Spatial, Translate, Zoom
from leyden.augment.step import Step, register
from leyden.augment.transform import Chain, Transform

__all__ = [
    "Axis", "Border", "Brightness", "CenterCrop", "Chain", "Contrast", "Draw", "Flip", "Identity", "Intensity",
    "Linear", "Maybe", "OneOf", "RandomCrop", "Range", "Resize", "Rotate", "Shear", "Spatial", "Step", "Transform",
    "Translate", "Zoom", "about_centre", "register", "rotation", "scaling", "shift",
]  # fmt: skip
