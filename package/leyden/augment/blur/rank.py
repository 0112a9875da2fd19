"""The middle of the values around each place."""

from dataclasses import dataclass
from typing import ClassVar, Literal, final

import cv2
import torch
from scipy import ndimage

from leyden.augment.chain.chance import check
from leyden.augment.colour.base import Intensity
from leyden.augment.fusing.step import Numbers, register
from leyden.types import Pixels

__all__ = ["MedianBlur"]


@final
@register
@dataclass(frozen=True, repr=False)
class MedianBlur(Intensity):
    """Take the median of the square around each place, which keeps edges; a volume slice by slice.

    Args:
        size: 3 or 5 pixels along each side; beyond the border the nearest pixel counts again.

    Examples:
        >>> from leyden.items import Image
        >>> speck = Image(torch.tensor([[[1.0, 1.0, 5.0], [1.0, 9.0, 5.0], [1.0, 1.0, 5.0]]]))
        >>> MedianBlur()(torch.Generator(), speck).data  # the speck goes, the edge stays
        tensor([[[1., 1., 5.],
                 [1., 1., 5.],
                 [1., 1., 5.]]])

    Source:
        cv2.medianBlur, and scipy.ndimage.median_filter where it does not go (double precision).
    """

    whole: ClassVar[bool] = True

    size: Literal[3, 5] = 3

    def __post_init__(self) -> None:
        check(self, {"a size of 3 or 5 pixels": self.size in (3, 5)})

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Blur every slice."""
        del numbers
        result = data.detach().cpu().clone()
        for plane in result.flatten(0, -3).numpy():
            if data.dtype == torch.float32:
                plane[:] = cv2.medianBlur(plane, self.size)
            else:
                plane[:] = ndimage.median_filter(plane, self.size, mode="nearest")
        return result.to(data.device)

    def describe(self) -> str:
        """Say what happens."""
        return f"median of {self.size} x {self.size}"
