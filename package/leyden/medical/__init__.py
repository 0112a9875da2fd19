"""Medical imaging: scans and what their labels mean, from files to scores, and the artefacts of scanners.

The steps for `leyden.augment` are here at once; each other name loads what it needs, such as MONAI, on first use.
"""

from typing import TYPE_CHECKING

from leyden.medical.artefact import (
    Anisotropy, BiasField, Ghosting, Gibbs, HistogramShift, Motion, NonzeroZNorm, RicianNoise, Spike,
)  # fmt: skip
from leyden.medical.homes import found as _found

if TYPE_CHECKING:
    from leyden.medical.case import Case, Cases, Inspection, cases_in, inspect
    from leyden.medical.evaluation import (
        Evaluation, ThresholdBaseline, chart, compare, evaluate, fit_threshold, over_seeds,
    )  # fmt: skip
    from leyden.medical.labelling import Scheme, fitting_schemes, read_scheme, register_scheme, scheme, schemes
    from leyden.medical.metric import CaseScore, dice, hd95, lesion_wise, score_case, surface_dice
    from leyden.medical.network import segresnet, small_segresnet
    from leyden.medical.packed import PackedCases, Patch, pack, packed_in, predict_size
    from leyden.medical.scan import Scan
    from leyden.medical.sliding import OnnxNetwork, Predictor, WindowPlan, plan_windows, predict
    from leyden.medical.synthetic import phantom, write_phantoms
    from leyden.medical.target import Targets
    from leyden.medical.volume import read_image, read_labels, to_grid, write_volume

__all__ = [
    "Anisotropy", "BiasField", "Case", "CaseScore", "Cases", "Evaluation", "Ghosting", "Gibbs", "HistogramShift",
    "Inspection", "Motion", "NonzeroZNorm", "OnnxNetwork", "PackedCases", "Patch", "Predictor", "RicianNoise", "Scan",
    "Scheme", "Spike", "Targets", "ThresholdBaseline", "WindowPlan", "cases_in", "chart", "compare", "dice", "evaluate",
    "fit_threshold", "fitting_schemes", "hd95", "inspect", "lesion_wise", "over_seeds", "pack", "packed_in", "phantom",
    "plan_windows", "predict", "predict_size", "read_image", "read_labels", "read_scheme", "register_scheme", "scheme",
    "schemes", "score_case", "segresnet", "small_segresnet", "surface_dice", "to_grid", "write_phantoms",
    "write_volume",
]  # fmt: skip
__getattr__, __dir__ = _found, __all__.copy  # the latter is what completion offers before anything is loaded
