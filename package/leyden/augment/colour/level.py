"""Where an image's values lie: brought to given or to its own mean and spread, to a range, or cut off."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final, get_args

import numpy as np
import torch
from torch import Tensor

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import finite
from leyden.augment.colour.base import Intensity, Linear, Measured, demand_finite
from leyden.augment.fusing.layout import blocks, spread
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.fusing.weights import Channels
from leyden.types import Pixels

__all__ = ["Clip", "Normalize", "Over", "Rescale", "ZNorm"]

Over: TypeAlias = Literal["channel", "image"]
"""What a statistic is taken of: each channel for itself, or the image with all its channels."""


@final
@register
@dataclass(frozen=True, repr=False)
class Normalize(Linear):
    """Subtract a mean and divide by a deviation, given a channel each or once for all; has a way back.

    Args:
        mean: in the units of the image.
        std: above 0.

    Examples:
        >>> from leyden.items import Image
        >>> norm = Normalize(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
        >>> norm(torch.Generator(), Image(torch.full((3, 1, 1), 0.5))).data.flatten()
        tensor([0.0655, 0.1964, 0.4178])
    """

    mean: float | Channels
    std: float | Channels

    def __post_init__(self) -> None:
        counts = {len(part) for part in (self.mean, self.std) if isinstance(part, tuple)}
        check(
            self,
            {
                "a finite mean": finite(*_listed(self.mean)),
                "finite std above 0": finite(*_listed(self.std)) and all(width > 0 for width in _listed(self.std)),
                "mean and std of as many channels": len(counts) <= 1 and 0 not in counts,
            },
        )

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Scale and offset of the usual formula."""
        del numbers
        means, stds = _listed(self.mean), _listed(self.std)
        count = max(len(means), len(stds))
        means, stds = (part * count if len(part) == 1 else part for part in (means, stds))
        return tuple(1 / std for std in stds), tuple(-mean / std for mean, std in zip(means, stds, strict=True))

    def describe(self) -> str:
        """Say what happens."""
        return "normalise by given mean and deviation"


@final
@register
@dataclass(frozen=True, repr=False)
class ZNorm(Measured):
    """Bring an image to mean 0 and deviation 1; a constant one to 0. What the image had is not kept: no way back.

    Args:
        over: `channel` for each for itself, or `image`.

    Examples:
        >>> from leyden.items import Image
        >>> scan = Image(torch.tensor([[[1.0, 3.0]], [[10.0, 30.0]]]))  # two channels
        >>> ZNorm()(torch.Generator(), scan).data.tolist()
        [[[-1.0, 1.0]], [[-1.0, 1.0]]]
    """

    over: Over = "channel"

    def __post_init__(self) -> None:
        check(self, {f"over one of {get_args(Over)}": self.over in get_args(Over)})

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give mean and deviation of each part in turn."""
        del numbers
        statistics = tuple(number for part in _parts(data, self.over) for number in spread(part))
        demand_finite(self, statistics)
        return statistics

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Standardise."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Standardise in place."""
        del numbers
        for part, mean, std in zip(_parts(data, self.over), measured[::2], measured[1::2], strict=True):
            for block in blocks(part):
                # a deviation that is rounding only is none
                block.sub_(mean).mul_(1 / std if std > _least(part, mean) else 0.0)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"z-norm over each {self.over}"


@final
@register
@dataclass(frozen=True, repr=False)
class Rescale(Measured):
    """Bring the values between two percentiles of an image to 0..1, and cut off what is beyond.

    A constant image becomes 0. What was cut is lost: no way back.

    Args:
        low: percentile that becomes 0, in per cent.
        high: percentile that becomes 1.
        over: `channel` for each for itself, or `image`.
        beyond: `cut` values outside at 0 and 1, or `keep` them.

    Examples:
        >>> from leyden.items import Image
        >>> Rescale(25, 75)(torch.Generator(), Image(torch.tensor([[[0.0, 1.0, 2.0, 3.0, 4.0]]]))).data
        tensor([[[0.0000, 0.0000, 0.5000, 1.0000, 1.0000]]])

    Source:
        MONAI's ScaleIntensityRangePercentiles; percentiles between two values are linear, as in numpy.percentile.
    """

    low: float
    high: float
    over: Over = "channel"
    beyond: Literal["cut", "keep"] = "cut"

    def __post_init__(self) -> None:
        rules = {
            "0 <= low < high <= 100 in per cent": finite(self.low, self.high) and 0 <= self.low < self.high <= 100,
            "percentiles in per cent, not a range or shares: from least to greatest is Rescale(0, 100)": self.high > 1,
            f"over one of {get_args(Over)}": self.over in get_args(Over),
            "beyond one of ('cut', 'keep')": self.beyond in ("cut", "keep"),
        }
        check(self, rules)

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give both percentiles of each part in turn."""
        del numbers
        demand_finite(self, tuple(bound.item() for bound in data.detach().aminmax()))
        parts = [part.detach().cpu().numpy() for part in _parts(data, self.over)]
        return tuple(end for part in parts for end in np.percentile(part, (self.low, self.high)).tolist())

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Bring to 0..1."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Bring to 0..1 in place."""
        del numbers
        for part, low, high in zip(_parts(data, self.over), measured[::2], measured[1::2], strict=True):
            for block in blocks(part):
                block.sub_(low).mul_(1 / (high - low) if high > low else 0.0)
                if self.beyond == "cut":
                    block.clamp_(0, 1)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"rescale percentiles {self.low:.4g}..{self.high:.4g} to 0..1"


@final
@register
@dataclass(frozen=True, repr=False)
class Clip(Intensity):
    """Cut off values below and above; what was cut is lost, so there is no way back.

    Args:
        low: the least value, in the units of the image.
        high: the greatest.

    Examples:
        >>> from leyden.items import Image
        >>> Clip(-100, 400)(torch.Generator(), Image(torch.tensor([[[-1000.0, 50.0, 1200.0]]]))).data
        tensor([[[-100.,   50.,  400.]]])
    """

    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        numbers = all(isinstance(end, int | float) for end in (self.low, self.high))
        check(self, {"low < high": numbers and self.low < self.high})

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Clamp."""
        del numbers
        return data.clamp(self.low, self.high)

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Clamp in place."""
        del numbers
        return data.clamp_(self.low, self.high)

    def describe(self) -> str:
        """Say what happens."""
        return f"clip to {self.low:.4g}..{self.high:.4g}"


def _listed(part: float | Channels) -> Channels:
    return part if isinstance(part, tuple) else (part,)


def _parts(data: Tensor, over: Over) -> list[Tensor]:
    return list(data.split(1)) if over == "channel" else [data]


def _least(part: Tensor, mean: float) -> float:
    """Give the deviation that rounding alone may leave."""
    return 10 * torch.finfo(part.dtype).eps * abs(mean)
