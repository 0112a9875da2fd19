"""How far two surfaces lie from each other: HD95 and the normalised surface distance."""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import torch
from jaxtyping import Float64
from scipy.spatial import KDTree
from torch import Tensor

from leyden.medical.labelling import RegionMaps
from leyden.medical.metric.maps import Bools, checked_maps, cropped, number_faults, spacing_faults

__all__ = ["MISSED", "Convention", "Distances", "distances", "hd95", "surface_dice"]

MISSED = 373.12866
"""HD95 in mm of a region that only one of the two maps has: the diagonal of BraTS' grid, 240 x 240 x 155 mm."""

Convention: TypeAlias = Literal["brats", "monai"]
"""How the distances of the two directions become one number."""


class Distances(NamedTuple):
    """From every voxel of one surface to the nearest one of the other, in mm; infinite where there is no other.

    Attributes:
        to_truth: of the voxels of the predicted surface; none where the prediction is empty.
        to_prediction: of those of the true surface; none where the truth is empty.
    """

    to_truth: np.ndarray
    to_prediction: np.ndarray

    def hd95(self, *, missed: float = MISSED, convention: Convention = "brats") -> float:
        """Give what 95 % of the distances do not exceed, in mm."""
        if not (len(self.to_truth) and len(self.to_prediction)):
            return missed if len(self.to_truth) or len(self.to_prediction) else 0.0
        if convention == "brats":
            return float(np.percentile(np.concatenate(self), 95))
        return max(float(np.percentile(each, 95)) for each in self)

    def within(self, tolerance: float, *, convention: Convention = "brats") -> float:
        """Give the share of the surfaces that lies no further from the other than so many mm, 0..1."""
        near = [each <= tolerance for each in self]
        if not all(map(len, near)):
            return 0.0 if any(map(len, near)) else 1.0
        return float(np.mean([each.mean() for each in near] if convention == "brats" else np.concatenate(near)))


def hd95(
    prediction: RegionMaps,
    truth: RegionMaps,
    *,
    spacing: tuple[float, ...],
    missed: float = MISSED,
    convention: Convention = "brats",
) -> Float64[Tensor, "region"]:
    """Give the 95th percentile of the distances between surfaces in mm, for every region; 0 is best.

    A surface is the voxels of a map with a neighbour outside across a face; what lies beyond the grid is outside. Where
    a region is in neither map it is 0, where it is in one only `missed`.

    Args:
        prediction: `region z y x` (or `region y x`), bool, or uint8 of 0 and 1.
        truth: the same.
        spacing: mm from voxel to voxel along each axis, as in `scan.image.spacing`.
        missed: for a region that one of them lacks, mm.
        convention: `brats` takes the percentile over the distances of both directions together, as the challenges'
            package does; `monai` the larger one of the percentiles of the two, as MONAI does, which is mostly more.

    Raises:
        MedicalError: maps, spacing or numbers that do not fit; all faults at once.

    Examples:
        >>> truth = torch.zeros(1, 9, 9, 9, dtype=torch.bool)
        >>> truth[0, 2:5, 2:5, 2:5] = True
        >>> hd95(truth.roll(2, dims=1), truth, spacing=(1.5, 1.0, 1.0)).item()
        3.0

    Source:
        brats-evaluation 0.0.10 for the percentile; Baid et al. 2021, arXiv:2107.02314 (BraTS 2021), for `missed`.
    """
    pairs = _checked(prediction, truth, spacing, convention, number_faults("a missed region", missed))
    found = [distances(*pair, spacing=spacing).hd95(missed=missed, convention=convention) for pair in pairs]
    return torch.tensor(found, dtype=torch.float64)


def surface_dice(
    prediction: RegionMaps,
    truth: RegionMaps,
    *,
    spacing: tuple[float, ...],
    tolerance: float = 1.0,
    convention: Convention = "brats",
) -> Float64[Tensor, "region"]:
    """Give the share of both surfaces that lies within a tolerance of the other, 0..1, for every region.

    Also called normalised surface distance. Where a region is in neither map it is 1, where it is in one only 0.

    Args:
        prediction: `region z y x` (or `region y x`), bool, or uint8 of 0 and 1.
        truth: the same.
        spacing: mm from voxel to voxel along each axis, as in `scan.image.spacing`.
        tolerance: mm that a surface may be off.
        convention: `brats` takes the mean of the shares of the two surfaces, as the challenges' package does; `monai`
            counts the voxels of both together, as MONAI does.

    Raises:
        MedicalError: maps, spacing or numbers that do not fit; all faults at once.

    Examples:
        >>> truth = torch.zeros(1, 9, 9, 9, dtype=torch.bool)
        >>> truth[0, 2:5, 2:5, 2:5] = True
        >>> thick = truth | truth.roll(3, dims=3)
        >>> for how in ("brats", "monai"):
        ...     print(round(surface_dice(thick, truth, spacing=(1, 1, 1), convention=how).item(), 3))
        0.83
        0.776

    Source:
        Nikolov et al. 2021, doi:10.2196/26151; brats-evaluation 0.0.10 for the mean of the two.
    """
    pairs = _checked(prediction, truth, spacing, convention, number_faults("a tolerance", tolerance))
    found = [distances(*pair, spacing=spacing).within(tolerance, convention=convention) for pair in pairs]
    return torch.tensor(found, dtype=torch.float64)


def distances(prediction: Bools, truth: Bools, *, spacing: tuple[float, ...]) -> Distances:
    """Measure from each surface to the other one.

    A tree of the voxels of the surfaces takes a third of the time of a distance transform of the box around them, and
    gives the same.
    """
    cut = cropped(prediction, truth)
    if cut is None:
        return Distances(np.zeros(0), np.zeros(0))
    inner, outer = map(_surface, cut)
    return Distances(_nearest(inner, outer, spacing), _nearest(outer, inner, spacing))


def _surface(mask: Bools) -> Bools:
    """Give the voxels that have a neighbour outside across a face."""
    padded = np.pad(mask, 1)
    inside = mask.copy()
    middle = [slice(1, -1)] * mask.ndim
    for axis in range(mask.ndim):
        for beside in (slice(None, -2), slice(2, None)):
            inside &= padded[(*middle[:axis], beside, *middle[axis + 1 :])]
    return mask & ~inside


def _nearest(one: Bools, other: Bools, spacing: tuple[float, ...]) -> np.ndarray:
    """Give the distance of every voxel of one surface to the other; those that both have need no search."""
    apart = np.argwhere(one & ~other)
    found = np.zeros(int(np.count_nonzero(one)))
    if not other.any():
        return np.full(len(found), np.inf)
    if len(apart):
        # a tree that is not balanced is built in less time, and this one is asked only once
        tree = KDTree(np.argwhere(other) * spacing, balanced_tree=False, compact_nodes=False)
        found[: len(apart)] = tree.query(apart * spacing)[0]
    return found


def _checked(
    prediction: RegionMaps, truth: RegionMaps, spacing: object, convention: str, faults: list[str]
) -> list[tuple[Bools, Bools]]:
    faults = [*spacing_faults(spacing, prediction), *faults]
    if convention not in ("brats", "monai"):
        faults.append(f"a convention of {convention!r}; 'brats' or 'monai' is wanted")
    return checked_maps(prediction, truth, faults=faults)
