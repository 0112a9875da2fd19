"""Brightness, contrast and the negative."""

from dataclasses import dataclass
from typing import ClassVar, final

from leyden.augment.chain.chance import Range, check, interval, range_text
from leyden.augment.chain.span import finite, ordered
from leyden.augment.colour.base import Linear
from leyden.augment.fusing.line import About
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.fusing.weights import Channels
from leyden.items import Size

__all__ = ["Brightness", "Contrast", "Invert"]


@final
@register
@dataclass(frozen=True, repr=False)
class Brightness(Linear):
    """Add the same to every value of an image.

    Args:
        amount: from -amount to amount, or (low, high), in the units of the image; 0.2 is a fifth of the range of 0..1.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Brightness((0.25, 0.25))(torch.Generator(), Image(torch.tensor([[[0.25, 0.5, 1.0]]]))).data
        tensor([[[0.5000, 0.7500, 1.2500]]])

    Source:
        Additive, as in albumentations.RandomBrightnessContrast; torchvision's ColorJitter multiplies instead, which
        changes contrast too and does nothing to the zero of a normalised image.
    """

    amount: Range

    def __post_init__(self) -> None:
        check(self, {"finite low <= high": ordered(self.amount)})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw what is added."""
        del size
        return (interval(self.amount),)

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Offset only."""
        return (1.0,), numbers

    def describe(self) -> str:
        """Say what happens."""
        return f"brightness {range_text(self.amount)}"


@final
@register
@dataclass(frozen=True, repr=False)
class Contrast(Linear):
    """Spread or squeeze the values of each channel about their mean.

    Args:
        amount: the factor is 1 - amount to 1 + amount, or 1 + low to 1 + high; above -1, so that the factor is above 0.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Contrast((0.5, 0.5))(torch.Generator(), Image(torch.tensor([[[0.25, 0.5, 0.75]]]))).data
        tensor([[[0.1250, 0.5000, 0.8750]]])

    Source:
        About the mean, as in torchvision.transforms.functional.adjust_contrast, but of each channel for itself, which
        has a meaning for modalities that are no colours.
    """

    amount: Range

    about: ClassVar[About] = "mean"

    def __post_init__(self) -> None:
        check(self, {"finite -1 < low <= high": ordered(self.amount, above=-1)})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw the factor."""
        del size
        low, high = interval(self.amount)
        return ((1 + low, 1 + high),)

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Scale only."""
        return numbers, (0.0,)

    def describe(self) -> str:
        """Say what happens."""
        return f"contrast {range_text(self.amount)}"


@final
@register
@dataclass(frozen=True, repr=False)
class Invert(Linear):
    """Turn an image into its negative: white becomes black.

    Args:
        white: the value that becomes 0, and that 0 becomes; 1 for images of 0..1.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Invert()(torch.Generator(), Image(torch.tensor([[[0.0, 0.25, 1.0]]]))).data
        tensor([[[1.0000, 0.7500, 0.0000]]])

    Source:
        PIL.ImageOps.invert, for bytes.
    """

    white: float = 1.0

    def __post_init__(self) -> None:
        check(self, {"one finite number as white": finite(self.white)})

    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Count down from white."""
        del numbers
        return (-1.0,), (self.white,)

    def describe(self) -> str:
        """Say what happens."""
        return "negative" if self.white == 1 else f"negative about {self.white / 2:.4g}"
