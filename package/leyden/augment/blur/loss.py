"""Detail lost on the way: to a compressed file, to fewer pixels."""

from dataclasses import dataclass
from typing import ClassVar, final

import cv2
import numpy as np
import torch
from torch.nn import functional

from leyden.augment.chain.chance import check, uniform
from leyden.augment.chain.span import finite
from leyden.augment.colour.base import Intensity
from leyden.augment.fusing.layout import BYTES
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.errors import DrawError
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["Downscale", "Jpeg"]


@final
@register
@dataclass(frozen=True, repr=False)
class Jpeg(Intensity):
    """Store and read the image as a JPEG; pictures of 1 or 3 channels, values of 0..1, cut to it and to bytes.

    Args:
        low: lowest quality, 1..100.
        high: highest.

    Examples:
        >>> from leyden.items import Image
        >>> rows = torch.arange(8).view(8, 1)
        >>> faint = Image(0.48 + 0.04 * ((rows + rows.T) % 2)[None])  # a chessboard
        >>> faint, Jpeg(8, 8)(torch.Generator(), faint)
        (Image(1 x 8 x 8, float32, 0.48..0.52), Image(1 x 8 x 8, float32, 0.502..0.502))

    Source:
        cv2.imencode, as albumentations.ImageCompression.
    """

    whole: ClassVar[bool] = True

    low: int
    high: int

    def __post_init__(self) -> None:
        whole = finite(self.low, self.high) and int(self.low) == self.low and int(self.high) == self.high
        check(self, {"whole 1 <= low <= high <= 100": whole and 1 <= self.low <= self.high <= 100})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the quality, for pictures."""
        if len(scene.size) != 2:
            raise DrawError(f"{self!r} is for pictures; a volume is not stored so: leave it out")
        return (float(self.low + int((self.high - self.low + 1) * uniform(generator))),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Store and read."""
        if data.ndim != 3 or data.shape[0] not in (1, 3):
            raise DrawError(f"{self!r} needs a picture of 1 or 3 channels, got shape {tuple(data.shape)}; leave it out")
        levels = (data.detach() * BYTES).round_().clamp_(0, BYTES).to(torch.uint8).cpu()
        # OpenCV counts blue, green, red
        pixels = np.ascontiguousarray(levels.flip(0).permute(1, 2, 0).numpy())
        done, stored = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, int(numbers[0])))
        read = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED) if done else None
        if read is None:
            raise DrawError(f"{self!r}: OpenCV cannot store a picture of {tuple(data.shape[1:])} as a JPEG; crop it")
        planes = torch.from_numpy(read.reshape(pixels.shape)).permute(2, 0, 1).flip(0)
        return planes.to(data).div_(BYTES)

    def describe(self) -> str:
        """Say what happens."""
        return f"JPEG of quality {self.low}..{self.high}"


@final
@register
@dataclass(frozen=True, repr=False)
class Downscale(Intensity):
    """Shrink by averaging and enlarge again, linearly, so that the grid stays and fine detail goes.

    Args:
        low: smallest factor, above 0; 0.25 leaves a quarter of the pixels along each axis.
        high: largest, up to 1, which changes nothing.

    Examples:
        >>> from leyden.items import Image
        >>> ramp = Image(torch.tensor([[[0.0, 4.0, 8.0, 12.0]]]))
        >>> Downscale(0.5, 0.5)(torch.Generator(), ramp).data  # by way of two pixels, 2 and 10
        tensor([[[ 2.,  4.,  8., 10.]]])

    Source:
        MONAI's RandSimulateLowResolution, but averaged over what each coarse pixel covers.
    """

    whole: ClassVar[bool] = True

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"0 < low <= high <= 1": finite(self.low, self.high) and 0 < self.low <= self.high <= 1})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the factor."""
        del size
        return ((self.low, self.high),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Shrink and enlarge."""
        size = tuple(data.shape[1:])
        coarse = tuple(max(1, round(count * numbers[0])) for count in size)
        small = functional.interpolate(data.unsqueeze(0), coarse, mode="area")
        return functional.interpolate(small, size, mode="bilinear" if len(size) == 2 else "trilinear").squeeze(0)

    def describe(self) -> str:
        """Say what happens."""
        return f"downscale by {self.low:.4g}..{self.high:.4g}"
