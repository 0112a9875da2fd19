"""Augmentation: a transform describes, a draw decides, and every item of a sample moves alike in one resample."""

from leyden.augment.chain import Chain, Identity, Maybe, OneOf, Range, Transform
from leyden.augment.colour import Brightness, Contrast, Intensity, Linear
from leyden.augment.fusing import Draw, Numbers, Scene, Step, register
from leyden.augment.spatial import (
    Axis,
    Border,
    CenterCrop,
    Flip,
    RandomCrop,
    Resize,
    Rotate,
    Shear,
    Spatial,
    Translate,
    Zoom,
    about_centre,
    rotation,
    scaling,
    shift,
)  # fmt: skip

__all__ = [
    "Axis", "Border", "Brightness", "CenterCrop", "Chain", "Contrast", "Draw", "Flip", "Identity", "Intensity",
    "Linear", "Maybe", "Numbers", "OneOf", "RandomCrop", "Range", "Resize", "Rotate", "Scene", "Shear", "Spatial",
    "Step", "Transform", "Translate", "Zoom", "about_centre", "register", "rotation", "scaling", "shift",
]  # fmt: skip
