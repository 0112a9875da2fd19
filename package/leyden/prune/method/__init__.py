"""Methods that look at nothing but the weights: by size, by chance, by pattern, by filter."""

from leyden.prune.method.chance import Random
from leyden.prune.method.magnitude import Magnitude
from leyden.prune.method.threshold import Threshold

__all__ = ["Magnitude", "Random", "Threshold"]
