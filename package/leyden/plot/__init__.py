"""Figures, drawn one way: made without pyplot, safe from threads, the same bytes each time.

Every function returns a matplotlib Figure that a notebook shows by itself; `png` makes bytes of it for widgets.

Examples:
    >>> figure = curves({"train": ([1, 2, 3], [0.9, 0.5, 0.4])}, x_label="epoch", y_label="loss")
    >>> png(figure)[1:4]
    b'PNG'
"""

from leyden.plot.canvas import PALETTE, Picture, data_uri, png
from leyden.plot.picture import ImageLike, grid, overlay
from leyden.plot.ranking import bars
from leyden.plot.series import Curve, Numbers, curves, rates, tradeoff
from leyden.plot.steps import pipeline
from leyden.plot.table import confusion
from leyden.plot.wave import sound

__all__ = [
    "PALETTE",
    "Curve",
    "ImageLike",
    "Numbers",
    "Picture",
    "bars",
    "confusion",
    "curves",
    "data_uri",
    "grid",
    "overlay",
    "pipeline",
    "png",
    "rates",
    "sound",
    "tradeoff",
]
