"""What MR scans have in common: magnitudes, several channels that are scans of their own, lines of k-space.

An artefact of one axis of k-space needs the Fourier transform along that axis only: the others would be undone as they
were done. And what is real stays real, so half of each spectrum is enough.
"""

from typing import Literal, TypeAlias

import torch
from torch import Tensor

from leyden.augment import Axis, axis_index, seeded, uniform
from leyden.errors import DrawError
from leyden.types import Pixels

__all__ = ["Direction", "chances", "chosen_axis", "finite", "image_of", "lines_of"]

Direction: TypeAlias = Axis | Literal["any"]
"""An axis by name, or `any` for one of the grid's axes by chance, each as likely as any other."""


def chosen_axis(direction: Direction, axes: int, generator: torch.Generator) -> float:
    """Give where the axis stands in axis order, as a number to store; one number is drawn in any case.

    Raises:
        DrawError: the grid has no such axis.
    """
    place = int(axes * uniform(generator))
    return float(place if direction == "any" else axis_index(direction, axes))


def chances(seed: float, channels: int, count: int) -> list[list[float]]:
    """Give even numbers from 0 to below 1, `count` a channel; those of the first channels do not depend on the rest.

    Args:
        seed: what `leyden.augment.seed_number` drew.
        channels: how many rows.
        count: how many numbers a row.
    """
    generator = seeded(seed, "cpu")
    return [torch.rand(count, generator=generator, dtype=torch.float64).tolist() for _ in range(channels)]


def finite(measured: Tensor) -> tuple[float, ...]:
    """Give measured values as plain numbers.

    Raises:
        DrawError: one is not finite, so a value of the image is not.
    """
    if not measured.isfinite().all():
        raise DrawError("an image with infinite values cannot be measured; clean it first: torch.nan_to_num(data)")
    return tuple(measured.flatten().tolist())


def lines_of(data: Pixels, axis: int) -> Tensor:
    """Give k-space along one axis, 0 to the highest frequency; the negative ones are its conjugates.

    Args:
        data: `channel *space`, single or double precision.
        axis: in axis order, 0 the first spatial one.

    Raises:
        DrawError: a value is not finite; one such would spoil the whole line.
    """
    lines = torch.fft.rfft(data, dim=axis + 1)
    if not lines.select(axis + 1, 0).isfinite().all():
        raise DrawError("an image with infinite values has no k-space; clean it first: torch.nan_to_num(data)")
    return lines


def image_of(lines: Tensor, axis: int, length: int) -> Pixels:
    """Give the image whose k-space along one axis these are; the inverse of `lines_of`.

    Args:
        lines: complex, `channel *space`.
        axis: in axis order.
        length: pixels of the image along it.
    """
    return torch.fft.irfft(lines, n=length, dim=axis + 1)
