"""Panels for JupyterLab: each is state to script first, and a view that draws it second."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leyden.widget.augment import (
        AugmentPanel, AugmentView, Finding, Knob, KnobKind, Ranking, Setting, Style, knobs, turned,
    )  # fmt: skip
    from leyden.widget.callback import CallbackPanel, CallbackView
    from leyden.widget.data.panel import DataPanel
    from leyden.widget.data.view import DataView
    from leyden.widget.onnx import OnnxPanel
    from leyden.widget.onnx_trial import Trial, random_inputs
    from leyden.widget.onnx_view import OnnxView
    from leyden.widget.prune import Choice, Histogram, PrunePanel, PruneView, where_choices
    from leyden.widget.train import TrainPanel, TrainStatus
    from leyden.widget.train_state import Progress, Samples
    from leyden.widget.train_view import TrainView
    from leyden.widget.volume import VolumePanel, VolumeView
    from leyden.widget.workbench import Exported, Training, Workbench, WorkbenchSection, WorkbenchView

__all__ = [
    "AugmentPanel", "AugmentView", "CallbackPanel", "CallbackView", "Choice", "DataPanel", "DataView", "Exported",
    "Finding", "Histogram", "Knob", "KnobKind", "OnnxPanel", "OnnxView", "Progress", "PrunePanel", "PruneView",
    "Ranking", "Samples", "Setting", "Style", "TrainPanel", "TrainStatus", "TrainView", "Training", "Trial",
    "VolumePanel", "VolumeView", "Workbench", "WorkbenchSection", "WorkbenchView", "knobs", "random_inputs",
    "turned", "where_choices",
]  # fmt: skip

__dir__ = __all__.copy  # what completion offers before anything is loaded


def __getattr__(name: str) -> Any:
    return import_module("leyden.widget.homes").found(name)
