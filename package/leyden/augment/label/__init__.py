"""Transforms that change what labels mean, on the masks of a sample, after all spatial steps."""

from leyden.augment.label.base import Labelling
from leyden.augment.label.classes import OneHot, Remap
from leyden.augment.label.pieces import Connectivity, KeepLargest

__all__ = ["Connectivity", "KeepLargest", "Labelling", "OneHot", "Remap"]
