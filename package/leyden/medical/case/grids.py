"""Whether files lie on one grid."""

from collections.abc import Mapping, Sequence
from itertools import chain, product
from math import dist, isfinite

from leyden.items import Affine, Size

__all__ = ["corner_gap", "disagreements"]

_SLACK = 0.1  # of a voxel: headers round their numbers; the errors looked for are of half a voxel and more


def disagreements(grids: Mapping[str, tuple[Size, Affine]]) -> list[str]:
    """Say which grids are not the first one.

    Args:
        grids: size and affine, in axis order, by what they are of.

    Examples:
        >>> from leyden.medical.case.grids import disagreements
        >>> here = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> there = ((0.0, 0.0, 1.0, 3.0), *here[1:])
        >>> disagreements({"t1": ((2, 4, 4), here), "t2": ((2, 4, 4), there), "flair": ((2, 4, 5), here)})
        ['t2 lies up to 3 mm off t1', 'flair is 2 x 4 x 5 voxels, t1 2 x 4 x 4']
    """
    faults = []
    (first, (size, affine)), *rest = grids.items()
    for name, (other_size, other) in rest:
        if not _finite(other):
            faults.append(f"{name} does not say in its header where its voxels lie")
            continue
        if other_size != size:
            faults.append(f"{name} is {_by(other_size)} voxels, {first} {_by(size)}")
            continue
        gap = corner_gap(size, affine, other) if _finite(affine) else 0.0
        if gap > _SLACK * min(dist(column, (0, 0, 0)) for column in list(zip(*affine[:3], strict=True))[:3]):
            faults.append(f"{name} lies up to {gap:.3g} mm off {first}")
    return faults


def corner_gap(size: Size, one: Affine, other: Affine) -> float:
    """Give how far two affines take a corner of a grid apart at most, in mm."""
    if one == other:
        return 0.0
    corners = product(*((0, length - 1) for length in size))
    return max(dist(_carried(one, corner), _carried(other, corner)) for corner in corners)


def _finite(affine: Affine) -> bool:
    return all(map(isfinite, chain(*affine)))


def _carried(affine: Affine, place: Sequence[float]) -> list[float]:
    return [sum(entry * along for entry, along in zip(row, (*place, 1), strict=True)) for row in affine[:3]]


def _by(size: Size) -> str:
    return " x ".join(map(str, size))
