"""Transforms that move places; a chain fuses all of them into one resample."""

from leyden.augment.spatial.affine import Flip, Rotate, Shear, Translate, Zoom
from leyden.augment.spatial.base import Border, Spatial
from leyden.augment.spatial.crop import CenterCrop, RandomCrop, Resize
from leyden.augment.spatial.geometry import Axis, about_centre, rotation, scaling, shift

__all__ = [
    "Axis", "Border", "CenterCrop", "Flip", "RandomCrop", "Resize", "Rotate", "Shear", "Spatial", "Translate", "Zoom",
    "about_centre", "rotation", "scaling", "shift",
]  # fmt: skip
