"""Typed items: what is in a sample, how it is interpolated and how it moves."""

from leyden.items.boxes import Boxes
from leyden.items.grid.affine import Affine, Size
from leyden.items.grid.field import Field
from leyden.items.grid.move import BorderMode, Interpolation, LabelInterpolation, Move, Reading
from leyden.items.grid.sampling import Backend, counting, resample
from leyden.items.heatmap import Heatmap
from leyden.items.image import Image
from leyden.items.item import Item, Recolour, Relabel
from leyden.items.keypoints import Keypoints
from leyden.items.label import Label, SoftLabel
from leyden.items.mask import LabelMap, Mask
from leyden.items.polygon import Polygon
from leyden.items.sample import items_of, map_items, map_together
from leyden.items.table import Row

__all__ = [
    "Affine", "Backend", "BorderMode", "Boxes", "Field", "Heatmap", "Image", "Interpolation", "Item", "Keypoints",
    "Label", "LabelInterpolation", "LabelMap", "Mask", "Move", "Polygon", "Reading", "Recolour", "Relabel", "Row",
    "Size", "SoftLabel", "counting", "items_of", "map_items", "map_together", "resample",
]  # fmt: skip
