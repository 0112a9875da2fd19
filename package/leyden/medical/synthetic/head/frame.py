"""The grid a phantom lies on, and chance that does not depend on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from leyden.errors import MedicalError
from leyden.items import Affine, Size

__all__ = ["Frame", "Place", "Places", "chance", "frame_of", "smooth_noise", "squared"]

Place: TypeAlias = tuple[float, float, float]
"""Along z, y and x, mm from the middle of the head."""

Places: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""The voxels of a box along z, y and x, in mm from the middle of the head."""

_HEAD = (155.0, 186.0, 150.0)
"""How long a brain is along z, y and x, in mm, with room for larger ones."""

_MIDDLE = (0.0, -18.0, 7.0)
"""The middle of the brain, x y z in mm, in the space of the MNI."""

_REACH = 160.0
"""Smooth noise is defined this far from the middle, in mm, on the same lattice for every grid."""


@final
@dataclass(frozen=True)
class Frame:
    """A grid of cubes around a head.

    Args:
        size: voxels along z, y and x.
        step: mm from voxel to voxel.
    """

    size: Size
    step: float

    @property
    def affine(self) -> Affine:
        """From places in axis order to mm, x y z."""
        rows = []
        for world, axis in enumerate((2, 1, 0)):
            row = [0.0, 0.0, 0.0, _MIDDLE[world] - self.step * (self.size[axis] - 1) / 2]
            row[axis] = self.step
            rows.append(tuple(row))
        return (*rows, (0.0, 0.0, 0.0, 1.0))

    @cached_property
    def places(self) -> Places:
        """The centres of all voxels."""
        z, y, x = (self.step * (torch.arange(count) - (count - 1) / 2) for count in self.size)
        return z, y, x

    def part(self, box: tuple[slice, ...]) -> Places:
        """The centres of the voxels of a box."""
        z, y, x = (along[cut] for along, cut in zip(self.places, box, strict=True))
        return z, y, x

    def nearest(self, place: Place) -> tuple[int, int, int]:
        """The voxel that holds a place, or the one next to it if that lies outside."""
        z, y, x = (
            min(max(0, round(along / self.step + (count - 1) / 2)), count - 1)
            for along, count in zip(place, self.size, strict=True)
        )
        return z, y, x

    def around(self, centre: Place, radius: float) -> tuple[slice, ...]:
        """The voxels within so many mm of a place along each axis."""
        cuts = []
        for middle, count in zip(centre, self.size, strict=True):
            low, high = ((middle + way) / self.step + (count - 1) / 2 for way in (-radius, radius))
            start = min(max(0, round(low)), count - 1)
            cuts.append(slice(start, max(start + 1, min(count, round(high) + 1))))
        return tuple(cuts)


def frame_of(size: int | Size) -> Frame:
    """Give the finest grid of so many voxels that holds the whole brain, no finer than 1 mm.

    Raises:
        MedicalError: not three axes of at least 16 voxels.

    Examples:
        >>> frame_of(64).step, frame_of((155, 240, 240)).step
        (2.90625, 1.0)
    """
    sides = (size,) * 3 if isinstance(size, int) else tuple(size)
    if len(sides) != 3 or any(not isinstance(side, int) or not 16 <= side <= 512 for side in sides):
        raise MedicalError(
            f"a phantom has a size of one whole number, or of three along z, y and x, from 16 to 512; given {size}"
        )
    return Frame(sides, max(1.0, *(length / side for length, side in zip(_HEAD, sides, strict=True))))


def chance(seed: int, purpose: str) -> np.random.Generator:
    """Give chance for one purpose: more of it drawn for another changes nothing here."""
    return np.random.default_rng([seed, *purpose.encode()])


def smooth_noise(chance: np.random.Generator, places: Places, cell: float) -> Float[Tensor, "z y x"]:
    """Give noise of mean 0 and spread about 1 that changes over so many mm; the same places get the same on any grid.

    Args:
        chance: what decides.
        places: where it is wanted.
        cell: mm between the points of a lattice of independent numbers, which cubic splines join.
    """
    points = int(2 * _REACH / cell) + 4
    noise = torch.from_numpy(chance.standard_normal((points,) * 3, dtype=np.float32))
    for along in places:
        basis, first = _splines(along, cell)
        noise = noise.movedim(0, -1)[..., first : first + basis.shape[1]] @ basis.T
    return noise


def squared(offsets: Sequence[Tensor]) -> Float[Tensor, "z y x"]:
    """Give squared distances from offsets along z, y and x."""
    z, y, x = (along.square() for along in offsets)
    return z.view(-1, 1, 1) + y.view(1, -1, 1) + x.view(1, 1, -1)


def _splines(along: Tensor, cell: float) -> tuple[Tensor, int]:
    """Give what each point of the lattice adds to each place, and the first point that adds anything."""
    at = ((along + _REACH) / cell).clamp(0, 2 * _REACH / cell - 1e-3)
    first = int(at.min())
    apart = (at[:, None] - (first + torch.arange(int(at.max()) + 4 - first)) + 1).abs()
    near = (2 - apart).clamp(min=0) ** 3 / 6 - 4 * (1 - apart).clamp(min=0) ** 3 / 6
    return near * 1.45, first  # the mean square of what a spline gives of noise of 1 is 0.479
