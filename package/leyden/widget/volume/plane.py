"""One of three planes through a voxel: how its slice lies on the screen, and which voxel is where on it."""

from dataclasses import dataclass
from itertools import permutations
from math import acos, degrees, hypot
from typing import final

import numpy as np
from torch import Tensor, bfloat16

from leyden.items import Affine, Size
from leyden.widget.augment.drawing.facing import Convention, facings
from leyden.widget.volume.subject import Place

__all__ = ["Along", "Plane", "planes_of", "tilt_of", "ways_of"]

_ORDER = ("axial", "coronal", "sagittal", "z", "y", "x")


@final
@dataclass(frozen=True)
class Along:
    """How one side of a picture runs through a volume.

    Args:
        axis: of the array.
        count: voxels along it.
        turned: whether the last voxel comes first.
        first: where the picture begins, in voxels from the edge of the first one that would be shown whole.
        span: voxels that the picture shows.
        length: of the whole in mm; a picture keeps its size when what it shows is a part.
    """

    axis: int
    count: int
    turned: bool
    first: float
    span: float
    length: float

    def share(self, spot: float) -> float:
        """Where a voxel's centre is, as a share of the picture's side."""
        along = self.count - 1 - spot if self.turned else spot
        return (along + 0.5 - self.first) / self.span


@final
@dataclass(frozen=True)
class Plane:
    """The slice across one axis.

    Args:
        name: `axial`, `coronal` or `sagittal`; `z`, `y` or `x` where nothing says how the volume lies.
        axis: of the array that the slice is across.
        down: how the left side of the picture runs.
        right: how its upper side runs.
        letters: what lies at the left, top, right and bottom edge; empty where it is not known.
    """

    name: str
    axis: int
    down: Along
    right: Along
    letters: str

    def cut(self, volume: Tensor, place: int) -> np.ndarray:
        """The slice of a volume `z y x` at one place across the plane, whole, as it lies on the screen."""
        slab = volume.select(self.axis, place)
        flat = (slab.float() if slab.dtype == bfloat16 else slab).numpy()  # which numpy does not know
        flat = flat.T if self.down.axis > self.right.axis else flat
        rows, columns = (np.s_[::-1] if side.turned else np.s_[:] for side in (self.down, self.right))
        return flat[rows, columns]

    def shape(self, *, per_mm: float) -> tuple[int, int]:
        """Height and width of its picture in pixels, of equal scale both ways."""
        return max(1, round(self.down.length * per_mm)), max(1, round(self.right.length * per_mm))


def planes_of(
    size: Size,
    spacing: tuple[float, ...],
    affine: Affine | None,
    *,
    convention: Convention = "radiological",
    zoom: float = 1.0,
    centre: Place | None = None,
) -> tuple[Plane, Plane, Plane]:
    """The three planes of a volume: axial, coronal, sagittal; across z, y and x where nothing says how it lies.

    Args:
        size: voxels along each axis.
        spacing: mm from voxel to voxel along each axis.
        affine: rows that take a place (z, y, x, 1) to mm towards right, anterior and superior; the planes are those of
            the array, each named by the plane of the body it is nearest to.
        convention: at which side of axial and coronal slices the patient's right is.
        zoom: how many times larger than the whole.
        centre: the voxel in the middle when zoomed in, as far as the edges allow.

    Examples:
        >>> lps = ((0.0, 0.0, -1.0, 0.0), (0.0, -1.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> axial, coronal, sagittal = planes_of((5, 8, 8), (3.0, 1.0, 1.0), lps)
        >>> axial.letters, coronal.shape(per_mm=10), axial.right.turned
        ('RALP', (150, 80), False)
    """
    middle = centre or (size[0] // 2, size[1] // 2, size[2] // 2)

    def along(axis: int, *, turned: bool) -> Along:
        span = size[axis] / zoom
        spot = size[axis] - 1 - middle[axis] if turned else middle[axis]
        first = min(max(spot + 0.5 - span / 2, 0.0), size[axis] - span)
        return Along(axis, size[axis], turned, first, span, size[axis] * spacing[axis])

    found = []
    for facing in facings(affine, convention=convention):
        down, right = (along(axis, turned=flip) for axis, flip in zip(facing.axes, facing.flips, strict=True))
        found.append(Plane(facing.name, facing.axis, down, right, facing.letters))
    one, two, three = sorted(found, key=lambda plane: _ORDER.index(plane.name))
    return one, two, three


def ways_of(planes: tuple[Plane, Plane, Plane]) -> str:
    """Which way of the body each axis of the array runs, z y x, as in `SPL`; empty where it is not known.

    Examples:
        >>> scan = ((0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> ways_of(planes_of((4, 4, 4), (1.0, 1.0, 1.0), scan))
        'SAL'
    """
    found = {}
    for plane in planes:
        if plane.letters:
            left, top, right, bottom = plane.letters
            found[plane.right.axis] = left if plane.right.turned else right
            found[plane.down.axis] = top if plane.down.turned else bottom
    return "".join(found[axis] for axis in sorted(found))


def tilt_of(affine: Affine) -> float:
    """How far the axes of an array are turned against those of the body, in degrees: the most of the three.

    Examples:
        >>> turned = ((0.0, -0.5, 0.866025, 0.0), (0.0, 0.866025, 0.5, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> round(tilt_of(turned))
        30
    """
    columns = [[row[axis] for row in affine[:3]] for axis in range(3)]
    steps = [[abs(entry) / hypot(*column) for entry in column] for column in columns]
    best = max(permutations(range(3)), key=lambda order: sum(steps[axis][order[axis]] for axis in range(3)))
    return max(degrees(acos(min(1.0, steps[axis][world]))) for axis, world in enumerate(best))
