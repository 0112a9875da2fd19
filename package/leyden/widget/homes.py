"""Which file or folder each public name of the room lives in; it is loaded when the name is first used."""

from importlib import import_module
from typing import Any

__all__ = ["HOMES", "found", "load_view"]

_NAMES: dict[str, tuple[str, ...]] = {
    "augment": (
        "AugmentPanel", "AugmentView", "Finding", "Knob", "KnobKind", "Ranking", "Setting", "Style", "knobs", "turned",
    ),
    "callback": ("CallbackPanel", "CallbackView"),
    "data.panel": ("DataPanel",),
    "data.view": ("DataView",),
    "onnx": ("OnnxPanel",),
    "onnx_trial": ("Trial", "random_inputs"),
    "onnx_view": ("OnnxView",),
    "prune": ("Choice", "Histogram", "PrunePanel", "PruneView", "where_choices"),
    "train": ("TrainPanel", "TrainStatus"),
    "train_state": ("Progress", "Samples"),
    "train_view": ("TrainView",),
    "volume": ("VolumePanel", "VolumeView"),
    "workbench": ("Exported", "Training", "Workbench", "WorkbenchSection", "WorkbenchView"),
}  # fmt: skip

HOMES = {name: home for home, names in _NAMES.items() for name in names}
"""File or folder by name, below `leyden.widget`: the panels of one kind load nothing that only the others need."""


def found(name: str) -> Any:
    """Load what a public name of the room stands for.

    Raises:
        AttributeError: The room has no such name.
    """
    if name not in HOMES:
        raise AttributeError(f"leyden.widget has no {name!r}; see leyden.widget.__all__")
    return getattr(import_module(f"leyden.widget.{HOMES[name]}"), name)


def load_view(panel: str) -> None:
    """Load what draws a panel of this room, so that it enters itself; a panel from elsewhere brings its own view."""
    view = panel.removesuffix("Panel") + "View"
    if panel in HOMES and view in HOMES:
        found(view)
