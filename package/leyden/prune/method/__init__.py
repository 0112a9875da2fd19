"""Methods that look at weights, and at the layers around them: by size, by chance, by block, by whole filters."""

from leyden.prune.method.blocks import SemiStructured
from leyden.prune.method.chance import Random
from leyden.prune.method.filters import Filters
from leyden.prune.method.layout import Channels, Side, channels
from leyden.prune.method.magnitude import Magnitude
from leyden.prune.method.median import GeometricMedian
from leyden.prune.method.slimming import BatchNormScale
from leyden.prune.method.structured import Structured
from leyden.prune.method.threshold import Threshold

__all__ = [
    "BatchNormScale",
    "Channels",
    "Filters",
    "GeometricMedian",
    "Magnitude",
    "Random",
    "SemiStructured",
    "Side",
    "Structured",
    "Threshold",
    "channels",
]
