"""What changes values, not places: the classes that colour transforms derive from; neighbours that are linear fuse."""

from abc import abstractmethod
from functools import partial
from math import isfinite
from typing import ClassVar

from leyden.augment.chain.transform import Single
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.line import About, Change, Line
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Kind, Numbers
from leyden.augment.fusing.weights import Channels, Mixing
from leyden.errors import DrawError
from leyden.items import Image
from leyden.types import Pixels

__all__ = ["Intensity", "Linear", "Measured", "Mixer", "channels_of", "demand_finite", "demand_rgb"]


class Linear(Single):
    """A colour transform that is a scale and an offset a channel; derive with `line`, and `ranges` to draw from.

    Colour steps act after all spatial ones, on the images of a sample only, and never clip: what leaves 0..1 can be
    brought back. Bytes become float32 of 0..1 on the way.

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


class Mixer(Single):
    """A linear colour transform that makes each channel of all of them; derive with `mix`.

    It fuses with its linear neighbours to one matrix.

    Examples:
        >>> from dataclasses import dataclass
        >>> import torch
        >>> from leyden.augment import Brightness, register
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Opponent(Mixer):
        ...     "Two channels as their sum and difference."
        ...     def mix(self, numbers):
        ...         return ((1.0, 1.0), (1.0, -1.0)), (0.0,)
        >>> draw = (Opponent() | Brightness((1, 1))).draw(torch.Generator(), Image(torch.ones(2, 1, 1)))
        >>> draw(Image(torch.tensor([[[5.0]], [[2.0]]]))).data.flatten()
        tensor([8., 4.])
    """

    kind: ClassVar[Kind] = "linear"

    @abstractmethod
    def mix(self, numbers: Numbers) -> tuple[Mixing, Channels]:
        """Give a row of factors a new channel, and the offset with one number for all channels or one a channel.

        Args:
            numbers: what was drawn.
        """

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the matrix behind the lines before it."""
        rows, offset = self.mix(numbers)
        if any(len(row) != len(rows) for row in rows):
            raise DrawError(f"{self!r} gave the rows {rows}; give as many rows as channels, as long as there are rows")
        return fusion.lined(Line(rows, offset=offset))


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

    whole: ClassVar[bool] = False
    """Whether a part of the image can only be had by changing all of it: the change depends on places or neighbours."""

    @abstractmethod
    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Give the changed values as a new tensor of the same shape and dtype.

        Args:
            numbers: what was drawn.
            data: `channel *space`, contiguous, float32 or float64 (half precision and bytes come as float32); not to
                be changed.
        """

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Give the changed values in the memory of `data`, which nobody else holds; `change` unless overridden.

        Worth overriding for volumes, where fresh memory costs more than the change.
        """
        return self.change(numbers, data)

    def undo(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Give the values before as a new tensor; raises `DrawError` unless overridden."""
        del numbers, data
        raise DrawError(f"{self!r} has no way back; give it an `undo`, or invert `draw.spatial` to leave colours alone")

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the change behind those before it."""
        do, undo, do_ = partial(self.change, numbers), partial(self.undo, numbers), partial(self.change_, numbers)
        return fusion.changed(Change(do, undo, do_, whole=self.whole))


class Measured(Intensity):
    """A colour transform that needs a statistic of the whole image: derive with `measure` and `apply`.

    Told apart, so that one slice of a volume can be shown with the statistic of a coarse copy of all of it.

    Examples:
        >>> from dataclasses import dataclass
        >>> import torch
        >>> from leyden.augment import register
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Loudest(Measured):
        ...     "Divide by the largest value."
        ...     def measure(self, numbers, data):
        ...         return (data.max().item(),)
        ...     def apply(self, numbers, data, measured):
        ...         return data / measured[0]
        >>> Loudest()(torch.Generator(), Image(torch.tensor([[[1.0, 4.0]]]))).data
        tensor([[[0.2500, 1.0000]]])
    """

    @abstractmethod
    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give what must be known of the whole image, as plain numbers.

        Args:
            numbers: what was drawn.
            data: `channel *space`, the whole image or a coarse copy of it.
        """

    @abstractmethod
    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Give the changed values as a new tensor of the same shape and dtype.

        Args:
            numbers: what was drawn.
            data: `channel *space`, the image or a part of it; not to be changed.
            measured: what `measure` gave.
        """

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Give the changed values in the memory of `data`, which nobody else holds; `apply` unless overridden."""
        return self.apply(numbers, data, measured)

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Measure and apply."""
        return self.apply(numbers, data, self.measure(numbers, data))

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the change behind those before it."""
        do, undo, do_ = partial(self.apply, numbers), partial(self.undo, numbers), partial(self.apply_, numbers)
        return fusion.changed(Change(do, undo, do_, partial(self.measure, numbers), self.whole))


def channels_of(scene: Scene) -> int:
    """Give how many channels the images of a scene have; 0 if there are none.

    Args:
        scene: what a transform decides about.

    Raises:
        DrawError: they have different ones, so that no draw for channels fits all of them.
    """
    counts = sorted({item.data.shape[0] for item in scene.items if isinstance(item, Image)})
    if len(counts) > 1:
        raise DrawError(
            f"images of {' and '.join(map(str, counts))} channels in one sample; "
            "colour steps that tell channels apart need them alike: augment them one by one"
        )
    return counts[0] if counts else 0


def demand_rgb(transform: object, channels: int) -> None:
    """Raise if a transform that is about red, green and blue meets another number of channels.

    Args:
        transform: named in the message.
        channels: of the images; 0 for no image.

    Raises:
        DrawError: it is not 3.
    """
    if channels not in (0, 3):
        raise DrawError(f"{transform!r} needs 3 channels (red, green, blue), the image has {channels}; leave it out")


def demand_finite(transform: object, statistics: tuple[float, ...]) -> None:
    """Raise if a statistic of an image is no number that it could be changed by.

    Args:
        transform: named in the message.
        statistics: what was measured.

    Raises:
        DrawError: one is NaN or infinite.
    """
    if not all(map(isfinite, statistics)):
        raise DrawError(
            f"{transform!r} needs a statistic of the image, which holds NaN or infinite values; "
            "clean it with torch.nan_to_num first"
        )
