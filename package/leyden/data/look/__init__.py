"""Looking at data: what is in them, what is in them twice, and where a pipe spends its time."""

from leyden.data.look.clock import StepTime, Timing, timing
from leyden.data.look.survey import Statistics, statistics
from leyden.data.look.twin import Duplicates, Place, duplicates

__all__ = [
    "Duplicates", "Place", "Statistics", "StepTime", "Timing", "duplicates", "statistics", "timing",
]  # fmt: skip
