"""Typed items: what is in a sample, how it is interpolated and how it moves."""

from leyden.items.grid.affine import Affine, Size
from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.sampling import Interpolation, resample
from leyden.items.image import Image
from leyden.items.item import Item, Recolour
from leyden.items.keypoints import Keypoints
from leyden.items.label import Label
from leyden.items.mask import LabelMap, Mask
from leyden.items.sample import items_of, map_items
from leyden.items.table import Row

__all__ = [
    "Affine",
    "BorderMode",
    "Image",
    "Interpolation",
    "Item",
    "Keypoints",
    "Label",
    "LabelMap",
    "Mask",
    "Move",
    "Recolour",
    "Row",
    "Size",
    "items_of",
    "map_items",
    "resample",
]
