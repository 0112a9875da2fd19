"""Slices as pixels: windows, labels over them, letters and legends, drawn by numpy and Pillow alone."""

from leyden.widget.volume.drawing.colours import (
    DIFFERENCE,
    code_colours,
    difference_colours,
    region_colours,
    rgb_of,
)  # fmt: skip
from leyden.widget.volume.drawing.paint import Fill, Interpolation, Over, painted, shaded
from leyden.widget.volume.drawing.sheet import annotated, montage

__all__ = [
    "DIFFERENCE", "Fill", "Interpolation", "Over", "annotated", "code_colours", "difference_colours", "montage",
    "painted", "region_colours", "rgb_of", "shaded",
]  # fmt: skip
