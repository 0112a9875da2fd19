"""What a pruning panel draws: the weights of a layer, all layers below each other, what pruning costs."""

from leyden.widget.prune.drawing.cost import COLOURS, chart
from leyden.widget.prune.drawing.histogram import Histogram, histogram_svg, histograms, outline
from leyden.widget.prune.drawing.layers import ROW_HEAD, LayerList, layer_items, layer_rows

__all__ = [
    "COLOURS", "ROW_HEAD", "Histogram", "LayerList", "chart", "histogram_svg", "histograms", "layer_items",
    "layer_rows", "outline",
]  # fmt: skip
