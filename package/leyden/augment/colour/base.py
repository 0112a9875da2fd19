"""What changes values, not places: the classes that colour transforms derive from; neighbours that are linear fuse."""

from abc import abstractmethod
from functools import partial
from typing import ClassVar

from leyden.augment.chain.transform import Single
from leyden.augment.fusing.fusion import About, Change, Channels, Fusion
from leyden.augment.fusing.step import Kind, Numbers
from leyden.errors import DrawError
from leyden.types import Pixels

__all__ = ["Intensity", "Linear"]


class Linear(Single):
    """A colour transform that is a scale and an offset a channel; derive with `line`, and `ranges` to draw from.

    Colour steps act after all spatial ones, on the images of a sample only, and never clip: what leaves 0..1 can be
    brought back.

    Examples:
        >>> from dataclasses import dataclass
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

    kind: ClassVar[Kind] = "linear"

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
        >>> from dataclasses import dataclass
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

    kind: ClassVar[Kind] = "intensity"

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
