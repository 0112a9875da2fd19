"""Transforms that make one sample of several."""

from leyden.augment.mix.base import Mix, MixDraw
from leyden.augment.mix.cutmix import CutMix
from leyden.augment.mix.mixup import MixUp
from leyden.augment.mix.mosaic import Mosaic

__all__ = ["CutMix", "Mix", "MixDraw", "MixUp", "Mosaic"]
