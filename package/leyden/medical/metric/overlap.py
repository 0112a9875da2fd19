"""How much of two maps is shared: Dice."""

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from leyden.medical.labelling import RegionMaps
from leyden.medical.metric.maps import Bools, checked_maps

__all__ = ["dice", "dice_of"]


def dice(prediction: RegionMaps, truth: RegionMaps) -> Float64[Tensor, "region"]:
    """Give twice what both share by the sum of both, 0..1, for every region.

    Where a region is in neither it is 1, where it is in one only 0: so the BraTS challenges count; MONAI's
    `compute_dice` gives NaN for an empty truth, and the same as this otherwise.

    Args:
        prediction: `region z y x` (or `region y x`), bool, or uint8 of 0 and 1.
        truth: the same.

    Raises:
        MedicalError: anything else; all faults at once.

    Examples:
        >>> truth = torch.tensor([[[1, 1, 0, 0]], [[0, 0, 0, 0]], [[0, 0, 0, 1]]]).bool()
        >>> dice(torch.tensor([[[0, 1, 1, 1]], [[0, 0, 0, 0]], [[0, 0, 0, 0]]]).bool(), truth).tolist()
        [0.4, 1.0, 0.0]

    Source:
        Baid et al. 2021, arXiv:2107.02314 (BraTS 2021).
    """
    return torch.tensor([dice_of(*pair) for pair in checked_maps(prediction, truth)], dtype=torch.float64)


def dice_of(prediction: Bools, truth: Bools) -> float:
    """Give Dice of one map, 0..1; see `dice`."""
    both = int(np.count_nonzero(prediction)) + int(np.count_nonzero(truth))
    return 2 * int(np.count_nonzero(prediction & truth)) / both if both else 1.0
