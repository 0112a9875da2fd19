"""Curves over the values of an image that are not lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import Literal, TypeAlias, final, get_args

import cv2
import torch
from torch import Tensor

from leyden.augment.chain.chance import check, uniform
from leyden.augment.chain.span import finite, ordered
from leyden.augment.colour.base import Intensity, Measured, demand_finite
from leyden.augment.fusing.layout import BYTES, blocks, spread
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["Gamma", "Posterize", "Solarize", "Span"]

Span: TypeAlias = Literal["image", "channel", "unit"]
"""The range that a curve maps onto itself: that of the image, of each channel, or 0..1."""

_BITS = 8
"""In a byte."""


@final
@register
@dataclass(frozen=True, repr=False)
class Gamma(Measured):
    """Raise the values to a power, within their range: its ends stay where they are. Has a way back.

    Below the range (over `unit` only: below 0) the curve is mirrored, -(|x| ** gamma), so that it rises everywhere.
    Powers are drawn evenly on a scale on which 1/2 is as far from 1 as 2.

    Args:
        low: smallest power, above 0; below 1 brightens.
        high: largest power.
        over: the range that is kept: `image`, `channel` or `unit` for 0..1.
        side: `dark` curves the dark end, the usual; `bright` the bright one, as if the image were a negative.
        after: `range` leaves what comes out; `spread` brings it to the mean and deviation it had, without way back.

    Examples:
        >>> from leyden.items import Image
        >>> Gamma(2, 2)(torch.Generator(), Image(torch.tensor([[[0.0, 5.0, 10.0]]]))).data
        tensor([[[ 0.0000,  2.5000, 10.0000]]])

    Source:
        batchgenerators' GammaTransform, as nnU-Net uses it with 0.7..1.5 (there: `p_invert_image`, `p_retain_stats`);
        over `unit` torchvision.transforms.functional.adjust_gamma.
    """

    low: float
    high: float
    over: Span = "image"
    side: Literal["dark", "bright"] = "dark"
    after: Literal["range", "spread"] = "range"

    def __post_init__(self) -> None:
        rules = {
            "finite 0 < low <= high": ordered((self.low, self.high), above=0),
            f"over one of {get_args(Span)}": self.over in get_args(Span),
            "side one of ('dark', 'bright')": self.side in ("dark", "bright"),
            "after one of ('range', 'spread')": self.after in ("range", "spread"),
        }
        check(self, rules)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the power, evenly in its logarithm."""
        del scene
        return (exp(log(self.low) + (log(self.high) - log(self.low)) * uniform(generator)),)

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give the ends of the range of each part, and the scale and offset that bring its spread back."""
        statistics: list[float] = []
        for part in self._parts(data):
            ends = (0.0, 1.0) if self.over == "unit" else tuple(bound.item() for bound in part.aminmax())
            statistics += [*ends, 1.0, 0.0]
            if self.after == "spread":
                mean, std = spread(part)
                new_mean, new_std = spread(self._curve_(part.clone(), numbers[0], (*ends, 1.0, 0.0)))
                scale = std / new_std if new_std > 0 else 1.0
                statistics[-2:] = [scale, mean - scale * new_mean]
        demand_finite(self, tuple(statistics))
        return tuple(statistics)

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Curve."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Curve in place."""
        for place, part in enumerate(self._parts(data)):
            self._curve_(part, numbers[0], measured[4 * place : 4 * place + 4])
        return data

    def undo(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Curve the other way; the range is still there to be measured."""
        if self.after == "spread":
            return super().undo(numbers, data)
        return self.change((1 / numbers[0],), data)

    def describe(self) -> str:
        """Say what happens."""
        return f"gamma {self.low:.4g}..{self.high:.4g}"

    def _parts(self, data: Tensor) -> Iterator[Tensor]:
        yield from data.split(1) if self.over == "channel" else (data,)

    def _curve_(self, part: Tensor, power: float, measured: tuple[float, ...]) -> Tensor:
        low, high, scale, offset = measured
        start, span = (low, high - low) if self.side == "dark" else (high, low - high)
        for block in blocks(part):
            if span:
                _power_(block.sub_(start).mul_(1 / span), power)
                block.mul_(span * scale).add_(start * scale + offset)
        return part


@final
@register
@dataclass(frozen=True, repr=False)
class Posterize(Intensity):
    """Keep the first bits of each value, as if it had been stored in fewer; for images of 0..1, cut to it.

    Args:
        low: fewest bits, 1 and up.
        high: most bits, up to 8.

    Examples:
        >>> from leyden.items import Image
        >>> levels = torch.tensor([[[63, 64, 130, 255]]], dtype=torch.uint8)
        >>> (Posterize(2, 2)(torch.Generator(), Image(levels)).data * 255).round()
        tensor([[[  0.,  64., 128., 192.]]])

    Source:
        PIL.ImageOps.posterize.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        whole = finite(self.low, self.high) and int(self.low) == self.low and int(self.high) == self.high
        check(self, {"whole 1 <= low <= high <= 8": whole and 1 <= self.low <= self.high <= _BITS})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw how many bits are kept."""
        del scene
        return (float(self.low + int((self.high - self.low + 1) * uniform(generator))),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Round down."""
        return self.change_(numbers, data.clone())

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Round down in place."""
        step = 2 ** (_BITS - int(numbers[0]))
        for block in blocks(data):
            block.mul_(BYTES).round_().clamp_(0, BYTES).div_(step).floor_().mul_(step / BYTES)
        return data

    def describe(self) -> str:
        """Say what happens."""
        return f"posterize to {self.low}..{self.high} bits"


@final
@register
@dataclass(frozen=True, repr=False)
class Solarize(Intensity):
    """Turn values from a threshold on into their negatives; for images of 0..1.

    Args:
        low: lowest threshold; 0 gives the negative of all.
        high: highest threshold; above 1 changes nothing.

    Examples:
        >>> from leyden.items import Image
        >>> Solarize(0.5, 0.5)(torch.Generator(), Image(torch.tensor([[[0.2, 0.4, 0.6, 0.8]]]))).data
        tensor([[[0.2000, 0.4000, 0.4000, 0.2000]]])

    Source:
        PIL.ImageOps.solarize.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check(self, {"finite low <= high": ordered((self.low, self.high))})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the threshold."""
        del size
        return ((self.low, self.high),)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Turn over what is bright."""
        bright = (data >= numbers[0]).to(data.dtype)
        return torch.lerp(data, 1 - data, bright)  # torch.where takes its values one by one

    def describe(self) -> str:
        """Say what happens."""
        return f"solarize from {self.low:.4g}..{self.high:.4g}"


def _power_(block: Tensor, power: float) -> None:
    """Raise flat values to a power in place, negative ones as their opposites."""
    negative = block < 0 if block.min() < 0 else None
    if negative is not None:
        block.abs_()
    if block.device.type == "cpu" and not block.requires_grad:
        _power_on_cpu_(block, power)
    else:
        block.pow_(power)
    if negative is not None:
        block.mul_(1 - 2 * negative.to(block.dtype))


def _power_on_cpu_(block: Tensor, power: float) -> None:
    # where the power is 0 or a denormal number it takes ten times as long, and most of many a scan is 0
    floor = (4 * torch.finfo(block.dtype).tiny) ** (1 / max(power, 1))
    block.clamp_(min=floor)
    row = block.numpy().reshape(1, -1)
    cv2.pow(row, power, dst=row)  # a third of the time of torch.pow, which takes its values one by one
    torch.threshold_(block, 1.001 * floor**power, 0)
