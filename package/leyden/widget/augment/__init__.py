"""The augmentation panel: its state, the parameters of a transform as knobs, draws cut and painted, what draws lose."""

from leyden.widget.augment.harm import Finding, Ranking
from leyden.widget.augment.knob import Knob, KnobKind, Setting, knobs, turned
from leyden.widget.augment.panel import AugmentPanel
from leyden.widget.augment.scenery import Style
from leyden.widget.augment.view import AugmentView

__all__ = [
    "AugmentPanel", "AugmentView", "Finding", "Knob", "KnobKind", "Ranking", "Setting", "Style", "knobs", "turned",
]  # fmt: skip
