"""The pruning panel: its state, what it offers, what it measures and tunes beside the notebook, the code to copy."""

from leyden.widget.prune.choice import Choice
from leyden.widget.prune.drawing import Histogram
from leyden.widget.prune.panel import PrunePanel
from leyden.widget.prune.view import PruneView
from leyden.widget.prune.where import where_choices

__all__ = ["Choice", "Histogram", "PrunePanel", "PruneView", "where_choices"]
