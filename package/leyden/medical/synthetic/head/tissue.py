"""From the brain of a T1 scan to what phantoms are painted from: tissues, texture, depth and ventricles."""

from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy import ndimage
from torch import Tensor
from torch.nn.functional import avg_pool1d, avg_pool3d, interpolate

__all__ = ["MAPS", "brain_maps", "sharpened", "tissues_of"]

MAPS = ("csf", "grey", "white", "texture", "depth", "ventricle")
"""What the channels of a template show: shares of three tissues; what the T1 scan shows beyond their means, in units of
white matter; mm to the surface of the brain; and 25 mm less the distance from the ventricles, 0 from there on."""

_REACH = 25.0
_STEP = 2
"""Distances are measured on every second voxel: they are smooth, and eight times as fast that way."""


def brain_maps(
    t1: Float[Tensor, "z y x"], tissues: Float[Tensor, "3 z y x"], heights: Float[Tensor, "z"]
) -> Float[Tensor, "6 z y x"]:
    """Give all maps of a brain.

    Args:
        t1: the scan, without the skull.
        tissues: shares of CSF, grey and white matter, 0 outside the brain; 1 mm a voxel.
        heights: mm above the anterior commissure of each slice, from which the ventricles are known.
    """
    brain = tissues.sum(0)
    # in double precision, so that the order in which threads add up does not show
    means = torch.stack([(t1 * share).sum(dtype=torch.float64) / share.sum(dtype=torch.float64) for share in tissues])
    means = means.float()
    texture = (t1 - torch.einsum("k,kzyx->zyx", means, tissues)) / means[2] * brain
    depth = _distance(brain > 0.5)
    ventricle = _ventricles(tissues[0], depth, heights)
    near = (_REACH - _distance(~ventricle)).clamp(min=0) * (brain > 0)
    return torch.cat([tissues, texture.clamp(-0.3, 0.3)[None], depth[None], near[None]])


def sharpened(tissues: Float[Tensor, "3 z y x"], power: float = 1.6) -> Float[Tensor, "3 z y x"]:
    """Make the averaged tissues of many people as distinct as those of one; shares still add up to what they did."""
    whole = tissues.sum(0)
    steep = tissues**power
    return steep / steep.sum(0).clamp(min=1e-6) * whole


def tissues_of(t1: Float[Tensor, "z y x"]) -> Float[Tensor, "3 z y x"]:
    """Tell CSF, grey and white matter apart by brightness.

    The two peaks of the histogram of a brain are grey and white matter, its darkest fiftieth is fluid; what is between
    two of them holds some of either.

    Args:
        t1: 0 outside the brain; else as bright as a T1 scan is.
    """
    inside = t1[t1 > 0]
    top = float(inside.max())
    counts = torch.from_numpy(np.histogram(inside.numpy(), bins=64, range=(0.0, top))[0]).double()
    smooth = avg_pool1d(counts[None], 5, 1, 2)[0]
    inner = smooth[1:-1]
    peaks = (((inner >= smooth[:-2]) & (inner > smooth[2:])).nonzero().flatten() + 1).tolist()
    grey, white = sorted(sorted(peaks, key=lambda peak: -float(smooth[peak]))[:2])
    fluid = int((counts.cumsum(0) < 0.02 * counts.sum()).sum())
    levels = [(peak + 0.5) * top / 64 for peak in (fluid, grey, white)]
    wet, bright = (_ramp(t1, low, high) for low, high in pairwise(levels))
    return torch.stack([1 - wet, wet * (1 - bright), wet * bright]) * (t1 > 0)


def _ramp(values: Tensor, low: float, high: float) -> Tensor:
    share = ((values - low) / (high - low)).clamp(0, 1)
    return share * share * (3 - 2 * share)


def _ventricles(csf: Tensor, depth: Tensor, heights: Tensor) -> Bool[Tensor, "z y x"]:
    """The largest connected fluid that is deep in the brain, above its base."""
    fluid = (csf > 0.5) & (depth > 18) & ((heights > -16) & (heights < 40))[:, None, None]
    # what is thin, such as the cisterns behind the brain stem, would join them to the outside
    wide = ndimage.binary_opening(fluid.numpy(), iterations=2)
    pieces = torch.zeros(fluid.shape, dtype=torch.int32)
    ndimage.label(wide, output=pieces.numpy())
    sizes = torch.bincount(pieces.flatten())[1:]
    if not len(sizes):
        return fluid
    return torch.from_numpy(ndimage.binary_dilation((pieces == sizes.argmax() + 1).numpy())) & fluid


def _distance(inside: Bool[Tensor, "z y x"]) -> Float[Tensor, "z y x"]:
    """How far it is to the nearest place that is not inside, in voxels; from a coarser grid."""
    coarse = avg_pool3d(inside[None].float(), _STEP, ceil_mode=True, count_include_pad=False)[0] > 0.5
    distance = torch.from_numpy(np.asarray(ndimage.distance_transform_edt(coarse.numpy()))).float() * _STEP
    # the coarse grid may reach beyond the fine one by a voxel: it is cut off after
    wide = interpolate(distance[None, None], scale_factor=_STEP, mode="trilinear", align_corners=False)[0, 0]
    return wide[: inside.shape[0], : inside.shape[1], : inside.shape[2]].contiguous()
