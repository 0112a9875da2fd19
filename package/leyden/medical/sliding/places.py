"""Where windows lie over a grid, which of them hold nothing, and how much each place of a window counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from math import ceil, prod
from numbers import Integral
from typing import Literal, TypeAlias, final, get_args

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from leyden.errors import MedicalError
from leyden.items import Size

__all__ = ["Blend", "Cut", "Places", "empty_windows", "window_weights"]

Blend: TypeAlias = Literal["gaussian", "flat"]
"""How windows that overlap are mixed: the middle of each counts most, or every place of it alike."""

Cut: TypeAlias = tuple[tuple[slice, ...], tuple[slice, ...]]
"""What of a grid a window covers, and what of the window that is."""

_SIGMA = 0.125
"""Of the side of a window: how far the Gaussian reaches."""

_LEAST = 1e-3
"""Weight of a window's corners, where the Gaussian would be nothing: they may be all that covers a place."""


@final
@dataclass(frozen=True)
class Places:
    """Windows over a grid: evenly stepped, the last one along each axis moved back until it fits.

    A grid smaller than the window is laid in its middle, zeros around it.

    Args:
        size: of the grid, in axis order.
        window: of every window.
        overlap: share of its side that a window has in common with the next one, an axis.

    Attributes:
        starts: first pixel of the windows along each axis; below 0 where the window is larger than the grid.

    Raises:
        MedicalError: lengths that do not fit each other, or an overlap that is not in [0, 1).

    Examples:
        >>> places = Places((10, 3), (4, 6), (0.5, 0.5))
        >>> places.starts, places.count, list(places)[1]
        (((0, 2, 4, 6), (-1,)), 4, (2, -1))
        >>> places.cut((2, -1))
        ((slice(2, 6, None), slice(0, 3, None)), (slice(0, 4, None), slice(1, 4, None)))

    Source:
        The windows of monai.inferers.sliding_window_inference 1.6.
    """

    size: Size
    window: Size
    overlap: tuple[float, ...]
    starts: tuple[tuple[int, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        faults: list[str] = []
        if len(self.size) not in (2, 3) or not all(isinstance(each, Integral) and each >= 1 for each in self.size):
            faults.append(f"a grid of {self.size}: wants two or three whole lengths above 0")
        whole = all(isinstance(length, Integral) for length in self.window)
        if len(self.window) != len(self.size) or not whole or min(self.window, default=0) < 1:
            kind = "" if whole else "whole "
            faults.append(
                f"windows of {self.window}: want {len(self.size)} {kind}lengths above 0, one an axis of {self.size}"
            )
        if len(self.overlap) != len(self.size) or not all(0 <= share < 1 for share in self.overlap):
            faults.append(
                f"an overlap of {self.overlap}: wants numbers from 0 to below 1, one for all axes or one each"
            )
        if faults:
            raise MedicalError("; ".join(faults))
        lengths = zip(self.size, self.window, self.overlap, strict=True)
        object.__setattr__(self, "starts", tuple(_starts(*each) for each in lengths))

    @property
    def count(self) -> int:
        """How many windows there are."""
        return prod(map(len, self.starts))

    def __iter__(self) -> Iterator[Size]:
        """Give the first pixel of each window, the last axis running fastest."""
        return product(*self.starts)

    def cut(self, start: Size) -> Cut:
        """Give the part of the grid that a window covers, and the part of the window that lies on the grid."""
        spans = [
            (max(first, 0), min(first + length, whole))
            for first, length, whole in zip(start, self.window, self.size, strict=True)
        ]
        grid = tuple(slice(low, high) for low, high in spans)
        return grid, tuple(slice(low - first, high - first) for (low, high), first in zip(spans, start, strict=True))


def window_weights(window: Size, blend: Blend) -> Float[Tensor, "*space"]:
    """Give how much each place of a window counts, in float32.

    The Gaussian is the product of one an axis; cut from below, so that it is a product no more and is kept whole.

    Args:
        window: lengths in axis order.
        blend: `gaussian`, with a standard deviation of an eighth of the side; `flat`, 1 everywhere.

    Raises:
        MedicalError: a blend that there is not.

    Examples:
        >>> window_weights((3,), "gaussian")
        tensor([0.0286, 1.0000, 0.0286])

    Source:
        monai.data.utils.compute_importance_map 1.6, sigma_scale 0.125.
    """
    if blend not in get_args(Blend):
        raise MedicalError(f"no blend {blend!r}; choose of {', '.join(get_args(Blend))}")
    weights = torch.ones(window)
    if blend == "flat":
        return weights
    for axis, length in enumerate(window):
        place = torch.arange(length) - (length - 1) / 2
        curve = torch.exp(-(place**2) / (2 * (_SIGMA * length) ** 2))
        weights *= curve.view([-1 if each == axis else 1 for each in range(len(window))])
    return weights.clamp_(min=max(weights.min().item(), _LEAST))


def empty_windows(image: Float[Tensor, "modality *space"], places: Places) -> list[bool]:
    """Tell of each window whether the image is 0 all over it, in every modality.

    One pass over the image, and one a step along the first axis over a byte a voxel.

    Args:
        image: on the grid of the places.
        places: the windows.

    Examples:
        >>> image = torch.zeros(1, 4, 4)
        >>> image[0, 3, 3] = 1.0
        >>> empty_windows(image, Places((4, 4), (2, 2), (0.0, 0.0)))
        [True, True, True, False]
    """
    filled = torch.zeros(image.shape[1:], dtype=torch.bool, device=image.device)
    for channel in image:
        filled |= channel != 0
    return [not held for held in _held(filled, places, 0)]


def _starts(size: int, window: int, overlap: float) -> tuple[int, ...]:
    if window >= size:
        return (-((window - size) // 2),)
    step = max(int(window * (1 - overlap)), 1)
    return tuple(min(index * step, size - window) for index in range(ceil((size - window) / step) + 1))


def _held(filled: Bool[Tensor, "*space"], places: Places, axis: int) -> Iterator[bool]:
    """Fold one axis at a time: what lies within one step along it is looked at once for all steps along the others."""
    length, whole = places.window[axis], places.size[axis]
    for first in places.starts[axis]:
        within = filled[max(first, 0) : min(first + length, whole)].any(0)
        if within.ndim == 0:
            yield bool(within)
        else:
            yield from _held(within, places, axis + 1)
