"""Which file or folder each public name of the room lives in that is loaded on first use."""

from importlib import import_module
from typing import Any

from leyden.errors import DriverMissing

__all__ = ["HOMES", "found"]

_NAMES: dict[str, tuple[str, ...]] = {
    "case": ("Case", "Cases", "Inspection", "cases_in", "inspect"),
    "evaluation": ("Evaluation", "ThresholdBaseline", "chart", "compare", "evaluate", "fit_threshold", "over_seeds"),
    "labelling": ("Scheme", "fitting_schemes", "read_scheme", "register_scheme", "scheme", "schemes"),
    "metric": ("CaseScore", "dice", "hd95", "lesion_wise", "score_case", "surface_dice"),
    "network": ("segresnet", "small_segresnet"),
    "packed": ("PackedCases", "Patch", "pack", "packed_in", "predict_size"),
    "scan": ("Scan",),
    "sliding": ("OnnxNetwork", "Predictor", "WindowPlan", "plan_windows", "predict"),
    "synthetic": ("phantom", "write_phantoms"),
    "target": ("Targets",),
    "volume": ("read_image", "read_labels", "to_grid", "write_volume"),
}  # fmt: skip

HOMES = {name: home for home, names in _NAMES.items() for name in names}
"""File or folder by name, below `leyden.medical`."""


def found(name: str) -> Any:
    """Load what a public name of the room stands for.

    Raises:
        AttributeError: the room has no such name.
        DriverMissing: a library that it needs is not installed.
    """
    if name not in HOMES:
        raise AttributeError(f"leyden.medical has no {name!r}; see dir(leyden.medical)")
    try:
        return getattr(import_module(f"leyden.medical.{HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        raise DriverMissing(
            f"leyden.medical.{name} needs {error.name}, which is not installed: pip install 'leyden[medical]'"
        ) from error
