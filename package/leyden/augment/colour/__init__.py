"""Transforms that change values; neighbours that are linear become one matrix."""

from leyden.augment.colour.base import Intensity, Linear
from leyden.augment.colour.light import Brightness, Contrast

__all__ = ["Brightness", "Contrast", "Intensity", "Linear"]
