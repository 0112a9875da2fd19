"""Steps on the histogram of a scan: another contrast, and the z-score of what is not background."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.augment import Measured, Numbers, Scene, check, register, seed_number
from leyden.medical.artefact.acquisition import chances, finite
from leyden.types import Pixels

__all__ = ["HistogramShift", "NonzeroZNorm"]


@final
@register
@dataclass(frozen=True, repr=False)
class HistogramShift(Measured):
    """Bend the range of values by a rising curve of straight pieces, as another scanner or protocol would.

    The curve starts and ends where it did, so lowest and highest value stay; in between points at even distances move
    up or down by chance, never past each other. Each channel has a contrast of its own: a curve is drawn for each.

    Args:
        points: of the curve, both ends counted, 3 and up; the fewer, the larger the shifts.
        amount: how far they move of how far they were drawn to, 0..1.

    Source:
        monai.RandHistogramShift 1.6, which bends all channels by one curve.

    Examples:
        >>> HistogramShift(6).describe()
        'histogram shifted at 6 points'
        >>> from leyden.items import Image
        >>> ramp = Image(torch.tensor([[[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]]]))
        >>> HistogramShift(6)(torch.Generator().manual_seed(1), ramp).data
        tensor([[[ 0.0000,  3.9605,  4.1045,  4.8134,  5.2140, 10.0000]]])
    """

    points: int = 10
    amount: float = 1.0

    def __post_init__(self) -> None:
        whole = isinstance(self.points, int) and self.points >= 3
        check(self, {"3 points or more": whole, "an amount of 0..1": 0 <= self.amount <= 1})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw a seed for the curve of each channel."""
        del scene
        return (seed_number(generator),)

    def measure(self, numbers: Numbers, data: Pixels) -> Numbers:
        """Give the lowest and highest value of each channel."""
        del numbers
        return finite(torch.stack(data.flatten(1).aminmax(dim=1), dim=1))

    def apply(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Look every value up on the curve of its channel."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Look every value up in place."""
        rows = chances(numbers[0], data.shape[0], self.points - 2)
        for values, row, low, high in zip(data, rows, measured[::2], measured[1::2], strict=True):
            if high > low:
                self._bend_(values, self._curve(row), low, high)
        return data

    def _curve(self, row: list[float]) -> list[float]:
        """Give the new heights of the points, from even numbers of 0..1; the old ones rise evenly from 0 to 1."""
        last = self.points - 1
        drawn = [0.0]
        for place, chance in enumerate(row, start=2):
            drawn.append(drawn[-1] + chance * (place / last - drawn[-1]))
        drawn.append(1.0)
        return [old / last + self.amount * (new - old / last) for old, new in enumerate(drawn)]

    def _bend_(self, values: Tensor, curve: list[float], low: float, high: float) -> None:
        last = self.points - 1
        place = (values - low).mul_(last / (high - low))
        # rounding, or a range measured on a coarse copy, may leave a value just outside
        piece = place.clamp(0, last - 1).to(torch.int32).flatten()
        heights = torch.tensor(curve, dtype=torch.float64, device=values.device) * (high - low) + low
        slopes = heights.diff()
        starts = heights[:-1] - slopes * torch.arange(last, device=values.device)
        slope, start = (table.to(values).index_select(0, piece).view_as(values) for table in (slopes, starts))
        torch.addcmul(start, place, slope, out=values)

    def describe(self) -> str:
        """Say what happens."""
        return f"histogram shifted at {self.points} points{f' by {self.amount:.4g}' if self.amount < 1 else ''}"


@final
@register
@dataclass(frozen=True, repr=False)
class NonzeroZNorm(Measured):
    """Bring what is not background to mean 0 and standard deviation 1, each channel for itself; zeros stay zeros.

    For scans whose background was set to 0, such as skull-stripped brains. It acts after all spatial steps of its
    chain, so edges that those interpolated count as not background.

    Examples:
        >>> from leyden.items import Image
        >>> NonzeroZNorm()(torch.Generator(), Image(torch.tensor([[[0.0, 0.0, 10.0, 30.0]]]))).data
        tensor([[[ 0.,  0., -1.,  1.]]])

    Source:
        nnU-Net, ZScoreNormalization with use_mask_for_norm, where the mask is what is not 0.
    """

    def measure(self, numbers: Numbers, data: Pixels) -> Numbers:
        """Give mean and standard deviation of what is not 0, for each channel; 0 and 1 if there is nothing."""
        del numbers
        measured: list[float] = []
        for values in data:
            count = int(values.count_nonzero())
            if not count:
                measured += [0.0, 1.0]
                continue
            mean = values.sum(dtype=torch.float64) / count
            centred = values - mean.to(values.dtype)
            centred.masked_fill_(values == 0, 0)
            length = torch.linalg.vector_norm(centred, dtype=torch.float64)
            measured += finite(torch.stack((mean, length / count**0.5)))
        return tuple(measured)

    def apply(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Subtract and divide where the image is not 0."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: Numbers) -> Pixels:
        """Subtract and divide in place."""
        del numbers
        for values, mean, deviation in zip(data, measured[::2], measured[1::2], strict=True):
            background = values == 0
            values.sub_(mean).div_(max(deviation, _SMALLEST)).masked_fill_(background, 0)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return "z-score of what is not 0"


_SMALLEST = 1e-8
"""The least that values are divided by, in the units of the image; as in nnU-Net."""
