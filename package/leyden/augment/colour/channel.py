"""Channels for themselves: put in another order, dropped, each made stronger or weaker."""

from dataclasses import dataclass
from typing import final

import torch

from leyden.augment.chain.chance import Range, check, interval, range_text, uniform
from leyden.augment.chain.span import finite, ordered
from leyden.augment.colour.base import Linear, Mixer, channels_of
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.fusing.weights import Channels, Mixing
from leyden.errors import DrawError

__all__ = ["ChannelDrop", "ChannelGain", "ChannelShift", "ChannelShuffle"]


@final
@register
@dataclass(frozen=True, repr=False)
class ChannelShuffle(Mixer):
    """Put the channels in another order, each order as likely; any number of channels.

    NaN in one channel spreads to all: a draw refuses such images anyway.

    Examples:
        >>> from leyden.items import Image
        >>> image = Image(torch.tensor([[[1.0]], [[2.0]], [[3.0]]]))
        >>> ChannelShuffle()(torch.Generator().manual_seed(2), image).data.flatten()
        tensor([2., 3., 1.])
    """

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw for each new channel which old one it is."""
        return _order(generator, channels_of(scene))

    def mix(self, numbers: Numbers) -> tuple[Mixing, Channels]:
        """Pick."""
        return tuple(tuple(float(old == column) for column in range(len(numbers))) for old in numbers), (0.0,)

    def describe(self) -> str:
        """Say what happens."""
        return "shuffle channels"


@final
@register
@dataclass(frozen=True, repr=False)
class ChannelDrop(Linear):
    """Fill some channels with one value, such as a modality that was not scanned; at least one is left.

    Args:
        count: how many are filled; fewer than the image has.
        fill: what with, in the units of the image.

    Examples:
        >>> from leyden.items import Image
        >>> scan = Image(torch.tensor([[[1.0]], [[2.0]], [[3.0]]]))
        >>> ChannelDrop()(torch.Generator().manual_seed(1), scan).data.flatten()
        tensor([0., 2., 3.])

    Source:
        albumentations.ChannelDropout.
    """

    count: int = 1
    fill: float = 0.0

    def __post_init__(self) -> None:
        whole = finite(self.count) and self.count >= 1 and int(self.count) == self.count
        check(self, {"a whole count of 1 and up": whole, "one finite number as fill": finite(self.fill)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw 1 for each channel that is kept, 0 for the others."""
        channels = channels_of(scene)
        if channels and self.count >= channels:
            raise DrawError(f"{self!r} would leave none of {channels} channels; drop fewer")
        return tuple(float(place >= self.count) for place in _order(generator, channels))

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Multiply by 0 and add the fill."""
        return numbers, tuple((1 - kept) * self.fill for kept in numbers)

    def describe(self) -> str:
        """Say what happens."""
        return f"drop {self.count} channel{'s' if self.count > 1 else ''}"


@final
@register
@dataclass(frozen=True, repr=False)
class ChannelGain(Linear):
    """Multiply each channel by a factor of its own, as light of another colour does.

    Args:
        amount: factors are 1 - amount to 1 + amount, or 1 + low to 1 + high; above -1, so that they are above 0.

    Examples:
        >>> from leyden.items import Image
        >>> white = Image(torch.ones(3, 1, 1))
        >>> draw = ChannelGain(0.4).draw(torch.Generator().manual_seed(1), white)
        >>> draw, draw(white).data.flatten()
        (Draw(1 x 1: ChannelGain(0.4) at 0.6488, 0.7796, 0.7874), tensor([0.6488, 0.7796, 0.7874]))
    """

    amount: Range

    def __post_init__(self) -> None:
        check(self, {"finite -1 < low <= high": ordered(self.amount, above=-1)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw a factor a channel."""
        low, high = interval(self.amount)
        return _each(generator, 1 + low, 1 + high, channels_of(scene))

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Scale only."""
        return numbers, (0.0,)

    def describe(self) -> str:
        """Say what happens."""
        return f"gain {range_text(self.amount)} a channel"


@final
@register
@dataclass(frozen=True, repr=False)
class ChannelShift(Linear):
    """Add to each channel a value of its own.

    Args:
        amount: from -amount to amount, or (low, high), in the units of the image.

    Examples:
        >>> from leyden.items import Image
        >>> image = Image(torch.tensor([[[0.0, 0.5]], [[0.0, 0.5]]]))  # two channels of two pixels
        >>> draw = ChannelShift(0.2).draw(torch.Generator().manual_seed(1), image)
        >>> draw, draw(image).data.flatten()
        (Draw(1 x 2: ChannelShift(0.2) at -0.1756, -0.1102), tensor([-0.1756,  0.3244, -0.1102,  0.3898]))

    Source:
        albumentations.RGBShift, for any number of channels.
    """

    amount: Range

    def __post_init__(self) -> None:
        check(self, {"finite low <= high": ordered(self.amount)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw what is added to each channel."""
        return _each(generator, *interval(self.amount), channels_of(scene))

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Offset only."""
        return (1.0,), numbers

    def describe(self) -> str:
        """Say what happens."""
        return f"shift {range_text(self.amount)} a channel"


def _order(generator: torch.Generator, channels: int) -> Numbers:
    """Draw the whole numbers from 0 on in any order; the one 0 where there is no image."""
    keys = [uniform(generator) for _ in range(max(1, channels))]
    return tuple(float(place) for place in sorted(range(len(keys)), key=keys.__getitem__))


def _each(generator: torch.Generator, low: float, high: float, channels: int) -> Numbers:
    return tuple(low + (high - low) * uniform(generator) for _ in range(max(1, channels)))
