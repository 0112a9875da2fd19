"""Equalising histograms: of a whole channel, or around each place with limited contrast."""

from dataclasses import dataclass
from typing import ClassVar, final

import cv2
import numpy as np
import torch

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import ordered
from leyden.augment.colour.base import Measured, demand_finite
from leyden.augment.fusing.layout import BYTES, blocks
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["CLAHE", "Equalize"]


@final
@register
@dataclass(frozen=True, repr=False)
class Equalize(Measured):
    """Spread the values of each channel so that all parts of its range are as common; no value leaves it.

    The curve is the cumulative histogram, linear between the middles of its bins: the lowest rises by the share of
    pixels in its bin, the highest stays, and so does a constant channel.

    Args:
        bins: how many, over the range of the channel; 2 and up.

    Examples:
        >>> from leyden.items import Image
        >>> Equalize()(torch.Generator(), Image(torch.tensor([[[0.0, 10.0, 21.0, 30.0, 100.0]]]))).data  # a fifth each
        tensor([[[ 20.,  40.,  60.,  80., 100.]]])

    Source:
        skimage.exposure.equalize_hist, which gives 0..1, on the range that the channel has.
    """

    bins: int = 256

    def __post_init__(self) -> None:
        check(self, {"2 bins and up, a whole number": isinstance(self.bins, int) and self.bins >= 2})

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give low, high and the cumulative histogram of each channel in turn."""
        del numbers
        statistics: list[float] = []
        for channel in data.detach():
            low, high = (bound.item() for bound in channel.aminmax())
            demand_finite(self, (low, high))
            counts = channel.cpu().histc(self.bins, low, high).double().cumsum(0)
            statistics += [low, high, *(counts / counts[-1]).tolist()]
        return tuple(statistics)

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Look each value up."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Look each value up in place."""
        del numbers
        for channel, (low, high, *shares) in zip(data, np.reshape(measured, (len(data), -1)).tolist(), strict=True):
            if high > low:
                curve = data.new_tensor([low + (high - low) * share for share in (*shares, shares[-1])])
                for block in blocks(channel):
                    place = block.sub_(low).mul_(self.bins / (high - low)).sub_(0.5).clamp_(0, self.bins - 1)
                    index = place.long()
                    torch.lerp(curve[index], curve[index + 1], place - index, out=block)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return "equalise each channel"


@final
@register
@dataclass(frozen=True, repr=False)
class CLAHE(Measured):
    """Equalise each channel around every place, with its contrast limited; a volume slice by slice.

    Values are rounded to 256 levels over the range of the image, and none leaves it. For photographs in colour apply
    it with `Maybe`: channels are equalised each for itself, which shifts colours.

    Args:
        low: smallest limit of how often a level may count, as a multiple of an even histogram; above 0.
        high: largest limit.
        tiles: along each side of a picture; each has a histogram of its own, and curves blend between their middles.

    Examples:
        >>> from leyden.items import Image
        >>> dim, bright = torch.linspace(0.1, 0.2, 512).view(32, 16), torch.full((32, 16), 0.9)
        >>> picture = Image(torch.cat((dim, bright), 1)[None])
        >>> for limit in (1, 3, 10):
        ...     left = CLAHE(limit, limit, tiles=2)(torch.Generator(), picture).data[..., :16]
        ...     print(round((left.max() - left.min()).item(), 2))  # 0.1 before
        0.15
        0.24
        0.51

    Source:
        Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994; computed by
        cv2.createCLAHE; limits of 1..4 and 8 tiles are those of albumentations.CLAHE.
    """

    whole: ClassVar[bool] = True

    low: float = 1.0
    high: float = 4.0
    tiles: int = 8

    def __post_init__(self) -> None:
        tiled = isinstance(self.tiles, int) and self.tiles >= 1
        limits = ordered((self.low, self.high), above=0)
        check(self, {"finite 0 < low <= high": limits, "1 tile and up, a whole number": tiled})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the limit."""
        del size
        return ((self.low, self.high),)

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give the range of the image."""
        del numbers
        span = tuple(bound.item() for bound in data.detach().aminmax())
        demand_finite(self, span)
        return span

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Equalise slice by slice."""
        low, high = measured
        if high <= low:
            return data.clone()
        levels = ((data.detach() - low) * (BYTES / (high - low))).round_().clamp_(0, BYTES).to(torch.uint8).cpu()
        equaliser = cv2.createCLAHE(numbers[0], (self.tiles, self.tiles))
        for plane in levels.flatten(0, -3).numpy():
            plane[:] = equaliser.apply(plane)
        return levels.to(data).mul_((high - low) / BYTES).add_(low)

    def describe(self) -> str:
        """Say what happens."""
        return f"CLAHE with a limit of {self.low:.4g}..{self.high:.4g}"
