"""Transforms that change values, not places; neighbours that are linear become one scale and offset a channel."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal, final

from leyden.augment.chance import Range, check, interval, range_text
from leyden.augment.fusion import About, Change, Channels, Fusion
from leyden.augment.step import Numbers, register
from leyden.augment.transform import Single
from leyden.errors import DrawError
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["Brightness", "Contrast", "Intensity", "Linear"]


class Linear(Single):
    """A colour transform that is a scale and an offset a channel; derive with `line`, and `ranges` to draw from.

    Colour steps act after all spatial ones, on the images of a sample only, and never clip: what leaves 0..1 can be
    brought back.

    Examples:
        >>> from leyden.augment import Brightness, register
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Warmth(Linear):
        ...     "More red and less blue, in an image of three channels."
        ...     amount: float
        ...     def ranges(self, size):
        ...         return ((-self.amount, self.amount),)
        ...     def line(self, numbers):
        ...         return (1 + numbers[0], 1.0, 1 - numbers[0]), (0.0,)
        >>> print((Warmth(0.1) | Brightness(0.2)).plan())
        1.) one linear colour step: Warmth(0.1), brightness +-0.2
    """

    kind: ClassVar[Literal["spatial", "border", "linear", "intensity"]] = "linear"

    about: ClassVar[About] = "zero"
    """The value that the scale leaves where it is: `zero`, or the `mean` of the channel."""

    @abstractmethod
    def line(self, numbers: Numbers) -> tuple[Channels, Channels]:
        """Give scale and offset, each with one number for all channels or one a channel.

        Args:
            numbers: what was drawn.
        """

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the line behind those before it."""
        scale, offset = self.line(numbers)
        return fusion.scaled(scale, offset, self.about)


class Intensity(Single):
    """A colour transform of any form; derive with `change`, `ranges` to draw from, and `undo` if there is a way back.

    Examples:
        >>> from leyden.augment import register
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Power(Intensity):
        ...     "Raise values of 0..1 to a power between `low` and `high`."
        ...     low: float
        ...     high: float
        ...     def ranges(self, size):
        ...         return ((self.low, self.high),)
        ...     def change(self, numbers, data):
        ...         return data.clamp(0, 1) ** numbers[0]
        >>> Power(0.8, 1.2)
        Power(0.8, 1.2)
    """

    kind: ClassVar[Literal["spatial", "border", "linear", "intensity"]] = "intensity"

    @abstractmethod
    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Give the changed values as a new tensor of the same shape and dtype.

        Args:
            numbers: what was drawn.
            data: `channel *space`; not to be changed.
        """

    def undo(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Give the values before; raises `DrawError` unless overridden."""
        del numbers, data
        raise DrawError(f"{self!r} has no way back; give it an `undo`, or invert `draw.spatial` to leave colours alone")

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the change behind those before it."""
        return fusion.changed(Change(partial(self.change, numbers), partial(self.undo, numbers)))


@final
@register
@dataclass(frozen=True, repr=False)
class Brightness(Linear):
    """Add the same to every value of an image.

    Args:
        amount: from -amount to amount, or (low, high), in the units of the image; 0.2 is a fifth of the range of 0..1.

    Source:
        Additive, as in albumentations.RandomBrightnessContrast; torchvision's ColorJitter multiplies instead, which
        changes contrast too and does nothing to the zero of a normalised image.
    """

    amount: Range

    def __post_init__(self) -> None:
        low, high = interval(self.amount)
        check(self, {"low <= high": low <= high})

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

    Source:
        About the mean, as in torchvision.transforms.functional.adjust_contrast, but of each channel for itself, which
        has a meaning for modalities that are no colours.
    """

    amount: Range

    about: ClassVar[About] = "mean"

    def __post_init__(self) -> None:
        low, high = interval(self.amount)
        check(self, {"-1 < low <= high": -1 < low <= high})

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
