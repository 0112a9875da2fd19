"""Figures, drawn one way: made without pyplot, safe from threads, the same bytes each time.

Every function returns a matplotlib Figure that a notebook shows by itself; `png` makes bytes of it for widgets.

Examples:
    >>> figure = curves({"train": ([1, 2, 3], [0.9, 0.5, 0.4])}, x_label="epoch", y_label="loss")
    >>> png(figure)[1:4]
    b'PNG'
"""

from leyden.plot.canvas import PALETTE, Picture, data_uri, png
from leyden.plot.lanes import Span, timeline
from leyden.plot.layered import Arrow, Layout, Vertex, arrange
from leyden.plot.network import diagram
from leyden.plot.picture import ImageLike, grid, overlay
from leyden.plot.ranking import bars
from leyden.plot.series import Curve, Numbers, curves, rates, tradeoff
from leyden.plot.steps import pipeline
from leyden.plot.table import confusion
from leyden.plot.wave import sound

__all__ = [
    "PALETTE", "Arrow", "Curve", "ImageLike", "Layout", "Numbers", "Picture", "Span", "Vertex", "arrange", "bars",
    "confusion", "curves", "data_uri", "diagram", "grid", "overlay", "pipeline", "png", "rates", "sound", "timeline",
    "tradeoff",
]  # fmt: skip
