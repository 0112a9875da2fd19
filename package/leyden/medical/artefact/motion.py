"""A patient who moves while the scan is taken."""

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import ClassVar, final, get_args

import torch
from torch import Tensor

from leyden.augment import (
    Axis,
    Intensity,
    Numbers,
    Range,
    Scene,
    about_centre,
    check,
    interval,
    range_text,
    register,
    rotation,
    seed_number,
)  # fmt: skip
from leyden.items import Affine, Move, Size, resample
from leyden.medical.artefact.acquisition import Direction, chances, chosen_axis, image_of, lines_of
from leyden.types import Pixels

__all__ = ["Motion"]

_JITTER = 0.3
"""How far from even distances moves happen, as a share of the distance; torchio.RandomMotion."""


@final
@register
@dataclass(frozen=True, repr=False)
class Motion(Intensity):
    """Mix several poses of the patient in k-space, line by line, as happens when one moves during a scan.

    The lines along one axis are taken one after the other; between two moves the patient lies still, at rest while
    the middle of k-space is taken. Each pose is turned about the centre of the grid about every axis (a picture in its
    plane) and shifted. Each channel is a scan of its own: poses and times are drawn for each, the axis for all.

    Args:
        degrees: of each turn, from -degrees to degrees, or (low, high).
        millimetres: of the shift along each axis, from -millimetres to millimetres, or (low, high); an image without
            spacing has pixels of 1 mm.
        moves: how often the patient moves, 1 and up.
        axis: of the phase encoding, along which lines follow each other; `any` for one by chance.

    Source:
        Shaw et al. 2019, MRI k-space motion artefact augmentation; numbers, and the real part of the image, as in
        torchio.RandomMotion 1.2.

    Examples:
        >>> Motion(5, 3).describe()
        '2 moves during the scan, +-5 deg, +-3 mm'
        >>> from leyden.items import Image
        >>> dot = Image(torch.tensor([[[0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0]]]))
        >>> Motion(0, (2, 2), moves=1, axis="x")(torch.Generator().manual_seed(0), dot).data.round(decimals=3).abs()
        tensor([[[0., 0., 0., 4., 0., 4., 0., 0.]]])
    """

    whole: ClassVar[bool] = True

    degrees: Range = 10.0
    millimetres: Range = 10.0
    moves: int = 2
    axis: Direction = "any"

    def __post_init__(self) -> None:
        ranges = {f"low <= high in {name}": low <= high for name, (low, high) in self._spans().items()}
        whole = isinstance(self.moves, int) and self.moves >= 1
        ends = all(max(abs(low), abs(high)) < inf for low, high in self._spans().values())
        axis = self.axis in (*get_args(Axis), "any")
        rest = {"1 move or more": whole, "axis x, y, z or any": axis, "finite degrees and millimetres": ends}
        check(self, {**ranges, **rest})

    def _spans(self) -> dict[str, tuple[float, float]]:
        return {"degrees": interval(self.degrees), "millimetres": interval(self.millimetres)}

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the axis, and a seed for the poses of each channel; then what a pixel measures in mm, axis by axis."""
        axes = len(scene.size)
        spacing = scene.spacing or (1.0,) * axes
        return chosen_axis(self.axis, axes, generator), seed_number(generator), *map(float, spacing)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Mix the poses of every channel."""
        place, seed, *spacing = numbers
        axes, axis = data.ndim - 1, int(place)
        length = data.shape[axis + 1]
        turns = 1 if axes == 2 else 3
        changed = torch.empty_like(data)
        for channel, row in enumerate(chances(seed, data.shape[0], self.moves * (1 + turns + axes))):
            times, rest = row[: self.moves], row[self.moves :]
            still = data[channel : channel + 1]
            # relative to the patient at rest, so that no motion is no change to the last bit
            lines = torch.zeros_like(lines_of(still, axis))
            poses = [rest[start : start + turns + axes] for start in range(0, len(rest), turns + axes)]
            for pose, weights in zip(poses, _segments(times, length), strict=True):
                if weights.any():
                    lines += self._moved(still, pose, tuple(spacing), axis) * _along(weights.to(still), axis, axes)
            changed[channel] = still[0] + image_of(lines, axis, length)[0]
        return changed

    def _moved(self, still: Pixels, pose: list[float], spacing: tuple[float, ...], axis: int) -> Tensor:
        """Give how the lines of a pose differ from those at rest."""
        size = tuple(still.shape[1:])
        turns = len(pose) - len(size)
        (least, most), (near, far) = self._spans().values()
        degrees = [least + (most - least) * chance for chance in pose[:turns]]
        shifts = [near + (far - near) * chance for chance in pose[turns:]]
        matrix = _rigid(degrees, shifts, spacing, size)
        moved = resample(still, Move(matrix, size, size), interpolation="linear", border="border")
        return lines_of(moved - still, axis)

    def describe(self) -> str:
        """Say what happens."""
        often = f"{self.moves} moves" if self.moves > 1 else "1 move"
        return f"{often} during the scan, {range_text(self.degrees)} deg, {range_text(self.millimetres)} mm"


def _rigid(degrees: list[float], shifts: list[float], spacing: tuple[float, ...], size: Size) -> Affine:
    """Give the map of a turn about each axis and a shift in mm, in pixels of a spacing in mm."""
    axes = len(size)
    planes = ((0, 1),) if axes == 2 else ((1, 2), (0, 2), (0, 1))
    linear = torch.eye(axes, dtype=torch.float64)
    for angle, plane in zip(degrees, planes, strict=True):
        linear = torch.tensor(rotation(angle, plane, axes), dtype=torch.float64) @ linear
    millimetre = torch.tensor(spacing, dtype=torch.float64)
    linear = linear * millimetre / millimetre[:, None]
    *rows, last = about_centre(tuple(map(tuple, linear.tolist())), size)
    moved = ((*row[:-1], row[-1] + by / step) for row, by, step in zip(rows, shifts, spacing, strict=True))
    return (*moved, last)


def _segments(times: list[float], length: int) -> list[Tensor]:
    """Give the share that each pose but the one at rest has in each line, from the middle of k-space up.

    Lines are taken from the lowest frequency to the highest. The real part of the image sees a line and its mirror
    image, which different poses may have been taken in: each counts half.

    Args:
        times: even numbers of 0..1, one a move: by how much it is early or late.
        length: how many lines.
    """
    step = 1 / (len(times) + 1)
    moments = [step * (move + _JITTER * (2 * chance - 1)) for move, chance in enumerate(times, start=1)]
    bounds = [0, *(int(length * moment) for moment in moments), length]
    upward = torch.arange(length // 2 + 1)
    above, below = ((sign * upward + length // 2) % length for sign in (1, -1))
    shares = []
    for start, stop in pairwise(bounds):
        if not start <= length // 2 < stop:
            hits = [((start <= place) & (place < stop)).double() for place in (above, below)]
            shares.append((hits[0] + hits[1]) / 2)
    return shares


def _along(weights: Tensor, axis: int, axes: int) -> Tensor:
    return weights.view(1, *(-1 if place == axis else 1 for place in range(axes)))
