"""Gaussian blur, and sharpening by what it takes away."""

from dataclasses import dataclass
from typing import ClassVar, final

import cv2
import numpy as np
import torch
from torch import Tensor

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import finite, ordered
from leyden.augment.colour.base import Intensity
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["GaussianBlur", "Sharpen", "gaussian"]

_REACH = 4.0
"""Standard deviations that a kernel reaches; source: scipy.ndimage.gaussian_filter."""


@final
@register
@dataclass(frozen=True, repr=False)
class GaussianBlur(Intensity):
    """Average over a bell around each place, alike along all axes; the border is mirrored, its edge pixel twice.

    Args:
        low: smallest standard deviation in pixels, 0 and up; 0 changes nothing.
        high: largest.

    Examples:
        >>> from leyden.items import Image
        >>> edge = Image(torch.tensor([[[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]]))
        >>> GaussianBlur(1, 1)(torch.Generator(), edge).data
        tensor([[[0.0047, 0.0586, 0.3005, 0.6995, 0.9414, 0.9953]]])

    Source:
        scipy.ndimage.gaussian_filter, to rounding.
    """

    whole: ClassVar[bool] = True

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite 0 <= low <= high in pixels": ordered((self.low, self.high)) and self.low >= 0})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the standard deviation."""
        del size
        return ((self.low, self.high),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Blur."""
        return gaussian(data, numbers[0])

    def describe(self) -> str:
        """Say what happens."""
        return f"gaussian blur of {self.low:.4g}..{self.high:.4g} pixels"


@final
@register
@dataclass(frozen=True, repr=False)
class Sharpen(Intensity):
    """Add back more of the detail than there was: the image less its blur, times an amount.

    Args:
        low: smallest amount, 0 and up; 0 changes nothing, 1 doubles the finest detail.
        high: largest amount.
        sigma: standard deviation of the blur, in pixels; above 0.

    Examples:
        >>> from leyden.items import Image
        >>> edge = Image(torch.tensor([[[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]]))
        >>> Sharpen(1, 1)(torch.Generator(), edge).data
        tensor([[[-0.0047, -0.0586, -0.3005,  1.3005,  1.0586,  1.0047]]])

    Source:
        skimage.filters.unsharp_mask, where radius is sigma; nothing is cut.
    """

    whole: ClassVar[bool] = True

    low: float
    high: float
    sigma: float = 1.0

    def __post_init__(self) -> None:
        amounts, width = ordered((self.low, self.high)) and self.low >= 0, finite(self.sigma) and self.sigma > 0
        check(self, {"finite 0 <= low <= high": amounts, "sigma above 0 in pixels": width})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the amount."""
        del size
        return ((self.low, self.high),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Sharpen."""
        return torch.lerp(gaussian(data, self.sigma), data, 1 + numbers[0])

    def describe(self) -> str:
        """Say what happens."""
        return f"sharpen by {self.low:.4g}..{self.high:.4g}"


def gaussian(data: Tensor, sigma: float) -> Tensor:
    """Give an image or volume averaged over a bell along every axis; on the CPU, a tenth of scipy's time.

    Args:
        data: `channel y x` or `channel z y x`, float32 or float64.
        sigma: standard deviation in pixels; 0 copies.

    Returns:
        A new tensor of the same shape, dtype and device; the border is mirrored, its edge pixel twice.

    Examples:
        >>> gaussian(torch.tensor([[[0.0, 0.0, 1.0, 0.0, 0.0]]]), 0.5)
        tensor([[[2.6387e-04, 1.0645e-01, 7.8657e-01, 1.0645e-01, 2.6387e-04]]])
    """
    result = data.detach().cpu().clone()
    reach = int(_REACH * sigma + 0.5)
    if not reach:
        return result.to(data.device)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for channel in result.numpy():
        if channel.ndim == 3:
            # lines along z are columns of the volume seen as one picture of all its slices in rows
            rows = channel.reshape(len(channel), -1)
            cv2.sepFilter2D(rows, -1, np.ones(1), kernel, dst=rows, borderType=cv2.BORDER_REFLECT)
        for plane in channel.reshape(-1, *channel.shape[-2:]):
            cv2.sepFilter2D(plane, -1, kernel, kernel, dst=plane, borderType=cv2.BORDER_REFLECT)
    return result.to(data.device)
