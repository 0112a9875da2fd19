"""Transforms that move places; a chain fuses all of them into one resample."""

from leyden.augment.spatial.affine import Flip, Rotate, Scale, Shear, Translate, Zoom
from leyden.augment.spatial.base import Border, Spatial
from leyden.augment.spatial.bend import Bending, Elastic, GridDistortion
from leyden.augment.spatial.combined import Affine
from leyden.augment.spatial.framing import (
    BoxSafeCrop,
    CenterCrop,
    LabelCrop,
    Orientation,
    Pad,
    PadDivisible,
    RandomCrop,
    RandomResizedCrop,
    Resize,
    Spacing,
)
from leyden.augment.spatial.geometry import Axis, about_centre, rotation, scaling, shift, true_to_scale
from leyden.augment.spatial.perspective import Perspective
from leyden.augment.spatial.symmetry import Cubic, Dihedral, Rot90

__all__ = [
    "Affine", "Axis", "Bending", "Border", "BoxSafeCrop", "CenterCrop", "Cubic", "Dihedral", "Elastic", "Flip",
    "GridDistortion", "LabelCrop", "Orientation", "Pad", "PadDivisible", "Perspective", "RandomCrop",
    "RandomResizedCrop", "Resize", "Rot90", "Rotate", "Scale", "Shear", "Spacing", "Spatial", "Translate", "Zoom",
    "about_centre", "rotation", "scaling", "shift", "true_to_scale",
]  # fmt: skip
