"""Draws as pixels: how slices lie, what of a sample is in one, its image in a window and what lies over it."""

from leyden.widget.augment.drawing.cut import Cut, Named, cut_of, place_on, real_values, shown_items
from leyden.widget.augment.drawing.facing import Facing, facings
from leyden.widget.augment.drawing.ink import Ink, changed, drawn, levels_of
from leyden.widget.augment.drawing.marks import colour_of, lettered, marked, numbered, rgb

__all__ = [
    "Cut", "Facing", "Ink", "Named", "changed", "colour_of", "cut_of", "drawn", "facings", "lettered", "levels_of",
    "marked", "numbered", "place_on", "real_values", "rgb", "shown_items",
]  # fmt: skip
