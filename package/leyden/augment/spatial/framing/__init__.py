"""Transforms that give a sample another grid: crops, padding, resizing, and the axes and spacing of a scanner."""

from leyden.augment.spatial.framing.aimed import LabelCrop
from leyden.augment.spatial.framing.boxed import BoxSafeCrop, Keep
from leyden.augment.spatial.framing.crop import CenterCrop, Outside, RandomCrop
from leyden.augment.spatial.framing.pad import Larger, Pad, PadDivisible
from leyden.augment.spatial.framing.resize import Fit, Resize
from leyden.augment.spatial.framing.scanner import Orientation, Spacing
from leyden.augment.spatial.framing.zoomed import RandomResizedCrop

__all__ = [
    "BoxSafeCrop", "CenterCrop", "Fit", "Keep", "LabelCrop", "Larger", "Orientation", "Outside", "Pad", "PadDivisible",
    "RandomCrop", "RandomResizedCrop", "Resize", "Spacing",
]  # fmt: skip
