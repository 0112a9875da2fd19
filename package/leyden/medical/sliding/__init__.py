"""Sliding windows: planned first, empty ones skipped, blended in bounded memory, brought back to the scan's grid."""

from leyden.medical.sliding.engine import Layout, Network
from leyden.medical.sliding.places import Blend
from leyden.medical.sliding.plan import WindowPlan
from leyden.medical.sliding.planning import plan_windows
from leyden.medical.sliding.prediction import Answer, Predictor, predict
from leyden.medical.sliding.progress import Progress, progress_line
from leyden.medical.sliding.serving import OnnxNetwork

__all__ = [
    "Answer", "Blend", "Layout", "Network", "OnnxNetwork", "Predictor", "Progress", "WindowPlan", "plan_windows",
    "predict", "progress_line",
]  # fmt: skip
