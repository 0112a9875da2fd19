"""Transforms that change values; neighbours that are linear become one matrix."""

from leyden.augment.colour.base import Intensity, Linear, Measured, Mixer
from leyden.augment.colour.channel import ChannelDrop, ChannelGain, ChannelShift, ChannelShuffle
from leyden.augment.colour.histogram import CLAHE, Equalize
from leyden.augment.colour.hue import Hue
from leyden.augment.colour.jitter import colour_jitter
from leyden.augment.colour.level import Clip, Normalize, Rescale, ZNorm
from leyden.augment.colour.light import Brightness, Contrast, Invert
from leyden.augment.colour.saturation import Grayscale, Saturation
from leyden.augment.colour.tone import Gamma, Posterize, Solarize

__all__ = [
    "CLAHE",
    "Brightness",
    "ChannelDrop",
    "ChannelGain",
    "ChannelShift",
    "ChannelShuffle",
    "Clip",
    "Contrast",
    "Equalize",
    "Gamma",
    "Grayscale",
    "Hue",
    "Intensity",
    "Invert",
    "Linear",
    "Measured",
    "Mixer",
    "Normalize",
    "Posterize",
    "Rescale",
    "Saturation",
    "Solarize",
    "ZNorm",
    "colour_jitter",
]
