"""Dice of every threshold at once, from histograms."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

__all__ = ["THRESHOLDS", "dice_curves", "standardised"]

_BINS = 600
_LOW = -4.0
_STEP = 0.02

_TOGETHER = 8
"""Regions that are counted in one pass: every overlap of them is a code, so twice as many for each more."""

THRESHOLDS = _LOW + _STEP * np.arange(_BINS)
"""In standard deviations from the mean of the brain; whatever lies beyond counts with the first or the last."""


def standardised(channel: Float[Tensor, "*space"]) -> tuple[Float[Tensor, "*space"], Tensor]:
    """Give z-scores of what is not 0, which is the brain of a stripped scan, and where that is; 0 elsewhere.

    Examples:
        >>> scores, brain = standardised(torch.tensor([0.0, 10.0, 30.0]))
        >>> scores.tolist(), brain.tolist()
        ([0.0, -1.0, 1.0], [False, True, True])
    """
    brain = channel != 0
    inside = channel[brain].double()
    if not inside.numel():
        return torch.zeros_like(channel), brain
    spread = float(inside.std(correction=0)) or 1.0
    return torch.where(brain, (channel - float(inside.mean())) / spread, 0.0), brain


def dice_curves(image: Float[Tensor, "modality *space"], regions: UInt8[Tensor, "region *space"]) -> np.ndarray:
    """Give Dice of every region for every threshold of every modality in one pass over the voxels.

    Args:
        image: intensities, 0 outside the brain.
        regions: 0 and 1.

    Returns:
        `modality side region threshold`, 0..1; the sides are: from the threshold on, and below it. Where a region is
        empty, 1 if nothing passes, else 0.
    """
    parts = regions.split(_TOGETHER)
    return np.concatenate([_curves_of(image, part) for part in parts], axis=2)


def _curves_of(image: Tensor, regions: Tensor) -> np.ndarray:
    """Do it for a few regions."""
    code = torch.zeros(regions.shape[1:], dtype=torch.int32)
    for place, region in enumerate(regions):
        code += region.int() << place
    members = (np.arange(2 ** len(regions)) >> np.arange(len(regions))[:, None]) & 1  # region code
    sizes = regions.flatten(1).sum(dim=1).numpy().astype(np.float64)
    return np.stack([_curves(channel, code, members, sizes) for channel in image])


def _curves(channel: Tensor, code: Tensor, members: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    scores, brain = standardised(channel)
    bins = ((scores[brain] - _LOW) / _STEP).floor().clamp(0, _BINS - 1).long()
    width = members.shape[1]
    counts = torch.bincount(bins * width + code[brain], minlength=_BINS * width).view(_BINS, width).numpy()
    inside, passed = members @ counts.T, counts.sum(axis=1)[None]  # region threshold
    sides = []
    for hits, count in ((_from(inside), _from(passed)), (_below(inside), _below(passed))):
        both = count + sizes[:, None]
        sides.append(np.where(both > 0, 2 * hits / np.maximum(both, 1), 1.0))
    return np.stack(sides)


def _from(counts: np.ndarray) -> np.ndarray:
    return counts[:, ::-1].cumsum(axis=1)[:, ::-1]


def _below(counts: np.ndarray) -> np.ndarray:
    return counts.cumsum(axis=1) - counts
