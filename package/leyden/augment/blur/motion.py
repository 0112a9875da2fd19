"""Blur of a camera or a thing that moves."""

from dataclasses import dataclass
from math import ceil, cos, radians, sin
from typing import ClassVar, final

import cv2
import numpy as np

from leyden.augment.chain.chance import Range, check, interval
from leyden.augment.chain.span import degree_rules, ordered
from leyden.augment.colour.base import Intensity
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["MotionBlur"]


@final
@register
@dataclass(frozen=True, repr=False)
class MotionBlur(Intensity):
    """Average along a line, as while the shutter is open; a volume slice by slice, all alike.

    Args:
        low: shortest line in pixels, 1 and up; 1 changes nothing.
        high: longest line.
        degrees: its direction, from -degrees to degrees, or (low, high); 0 is along x, then anticlockwise as shown.
            One number that reads as radians is refused, as by `Rotate`.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> MotionBlur(3, 3, (0, 0))(torch.Generator(), Image(torch.tensor([[[0.0, 0.0, 3.0, 0.0, 0.0]]]))).data
        tensor([[[0., 1., 1., 1., 0.]]])

    Source:
        A line of evenly spaced points, each shared by the four pixels around it; horizontal lines of whole length
        are scipy.ndimage.uniform_filter1d.
    """

    whole: ClassVar[bool] = True

    low: float
    high: float
    degrees: Range = 90

    def __post_init__(self) -> None:
        angles = {rule.removeprefix("finite "): holds for rule, holds in degree_rules(self.degrees).items()}
        lengths = ordered((self.low, self.high)) and self.low >= 1
        check(self, {"finite 1 <= low <= high in pixels": lengths, **angles})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw length and direction."""
        del size
        return (self.low, self.high), interval(self.degrees)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Blur every slice."""
        kernel = _line(*numbers)
        result = data.detach().cpu().clone()
        for plane in result.flatten(0, -3).numpy():
            cv2.filter2D(plane, -1, kernel, dst=plane, borderType=cv2.BORDER_REFLECT)
        return result.to(data.device)

    def describe(self) -> str:
        """Say what happens."""
        return f"motion blur of {self.low:.4g}..{self.high:.4g} pixels"


def _line(length: float, degrees: float) -> np.ndarray:
    """Give the kernel of a line through its middle."""
    count = ceil(length)
    steps = np.linspace(-(length - 1) / 2, (length - 1) / 2, count)
    reach = ceil((length - 1) / 2)
    kernel = np.zeros((2 * reach + 2, 2 * reach + 2))
    # rounded, so that what is straight stays so
    down = np.round(-sin(radians(degrees)) * steps, 9) + reach
    right = np.round(cos(radians(degrees)) * steps, 9) + reach
    for row in (0, 1):
        for column in (0, 1):
            rows, columns = np.floor(down).astype(int), np.floor(right).astype(int)
            share = (1 - np.abs(down - rows - row)) * (1 - np.abs(right - columns - column))
            np.add.at(kernel, (rows + row, columns + column), share / count)
    return kernel[:-1, :-1]
