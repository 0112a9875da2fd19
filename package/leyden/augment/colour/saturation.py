"""Between colour and gray."""

from dataclasses import dataclass
from typing import final

import torch

from leyden.augment.chain.chance import Range, check, interval, range_text
from leyden.augment.chain.span import finite, ordered
from leyden.augment.colour.base import Mixer, channels_of, demand_rgb
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.fusing.weights import Channels, Mixing
from leyden.items import Size

__all__ = ["Grayscale", "Saturation"]

_LUMA = (0.299, 0.587, 0.114)
"""Source: ITU-R BT.601, section 2.5.1: how bright red, green and blue look."""


@final
@register
@dataclass(frozen=True, repr=False)
class Saturation(Mixer):
    """Move every colour away from the gray that looks as bright, or towards it; linear, 3 channels.

    Args:
        amount: the factor is 1 - amount to 1 + amount, or 1 + low to 1 + high; -1 and up; a factor of 0 leaves gray.

    Examples:
        >>> from leyden.items import Image
        >>> orange = Image(torch.tensor([[[1.0]], [[0.5]], [[0.0]]]))  # looks as bright as a gray of 0.5925
        >>> Saturation((1, 1))(torch.Generator(), orange).data.flatten()
        tensor([ 1.4075,  0.4075, -0.5925])

    Source:
        torchvision.transforms.functional.adjust_saturation, without its cut at 0 and 1; luma of ITU-R BT.601.
    """

    amount: Range

    def __post_init__(self) -> None:
        check(self, {"finite -1 <= low <= high": ordered(self.amount) and interval(self.amount)[0] >= -1})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the factor."""
        del size
        low, high = interval(self.amount)
        return ((1 + low, 1 + high),)

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the factor for images of 3 channels."""
        demand_rgb(self, channels_of(scene))
        return super().numbers(generator, scene)

    def mix(self, numbers: Numbers) -> tuple[Mixing, Channels]:
        """Blend with gray."""
        return _blend(numbers[0]), (0.0,)

    def describe(self) -> str:
        """Say what happens."""
        return f"saturation {range_text(self.amount)}"


@final
@register
@dataclass(frozen=True, repr=False)
class Grayscale(Mixer):
    """Take the colour out of an image, or part of it; it keeps its 3 channels.

    Args:
        strength: 1 leaves gray, which has no way back; 0 changes nothing.

    Examples:
        >>> from leyden.items import Image
        >>> red_green_blue = Image(torch.eye(3).view(3, 1, 3))  # three pixels
        >>> gray = Grayscale()(torch.Generator(), red_green_blue).data
        >>> gray[0], torch.equal(gray[0], gray[2])
        (tensor([[0.2990, 0.5870, 0.1140]]), True)

    Source:
        Luma of ITU-R BT.601, as PIL's `convert("L")` and cv2.COLOR_RGB2GRAY.
    """

    strength: float = 1.0

    def __post_init__(self) -> None:
        check(self, {"a strength of 0..1": finite(self.strength) and 0 <= self.strength <= 1})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw nothing, for images of 3 channels."""
        demand_rgb(self, channels_of(scene))
        return super().numbers(generator, scene)

    def mix(self, numbers: Numbers) -> tuple[Mixing, Channels]:
        """Blend with gray."""
        del numbers
        return _blend(1 - self.strength), (0.0,)

    def describe(self) -> str:
        """Say what happens."""
        return "grayscale" if self.strength == 1 else f"{100 * self.strength:.3g} % grayscale"


def _blend(factor: float) -> Mixing:
    """Give so much of the colour and the rest of its gray."""
    return tuple(
        tuple((factor if row == column else 0.0) + (1 - factor) * luma for column, luma in enumerate(_LUMA))
        for row in range(3)
    )
