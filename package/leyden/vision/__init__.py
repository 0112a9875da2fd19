"""Networks for pictures, each with the preprocessing its weights were trained with."""

from leyden.vision.block import InvertedResidual, SamePad, StochasticDepth, Unit
from leyden.vision.efficientnet import LITE, EfficientNet, Head, Scaling
from leyden.vision.preprocess import Preprocess
from leyden.vision.registry import Builder, Weights, create, names, register
from leyden.vision.unets import UNet, unet
from leyden.vision.weights import fit_channels, read_lite0, rename

__all__ = [
    "LITE",
    "Builder",
    "EfficientNet",
    "Head",
    "InvertedResidual",
    "Preprocess",
    "SamePad",
    "Scaling",
    "StochasticDepth",
    "UNet",
    "Unit",
    "Weights",
    "create",
    "fit_channels",
    "names",
    "read_lite0",
    "register",
    "rename",
    "unet",
]
