"""What holes are filled with."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Literal, TypeAlias

import torch
from torch import Tensor

from leyden.augment.chain.chance import seeded
from leyden.augment.chain.span import finite
from leyden.augment.colour.base import Measured, demand_finite
from leyden.augment.fusing.step import Numbers
from leyden.types import Pixels

__all__ = ["Eraser", "Fill", "fits"]

Fill: TypeAlias = float | Literal["mean", "noise"]
"""One value, in the units of the image; `mean` of each channel; `noise` of each channel's mean and deviation."""


class Eraser(Measured):
    """A transform that fills holes of images; masks, points and labels stay as they are. Derive with `holes`.

    The last drawn number is a seed, for the noise in holes.
    """

    whole: ClassVar[bool] = True

    fill: Fill

    @abstractmethod
    def holes(self, numbers: Numbers, data: Pixels) -> Iterable[Tensor]:
        """Give the holes as views of an image, each `channel *space`.

        Args:
            numbers: what was drawn.
            data: the image.
        """

    def measure(self, numbers: Numbers, data: Pixels) -> tuple[float, ...]:
        """Give mean and deviation of each channel in turn, if they are filled in."""
        del numbers
        if not isinstance(self.fill, str):
            return ()
        stds, means = torch.std_mean(data.detach().flatten(1), dim=1, correction=0)
        statistics = tuple(torch.stack((means, stds), 1).flatten().tolist())
        demand_finite(self, statistics)
        return statistics

    def apply(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Fill the holes."""
        return self.apply_(numbers, data.clone(), measured)

    def apply_(self, numbers: Numbers, data: Pixels, measured: tuple[float, ...]) -> Pixels:
        """Fill the holes in place."""
        generator = seeded(numbers[-1], data.device)
        for hole in self.holes(numbers, data):
            if not isinstance(self.fill, str):
                hole.fill_(self.fill)
            else:
                _fill(hole, measured, generator if self.fill == "noise" else None)
        return data


def fits(fill: object) -> dict[str, bool]:
    """Give the rule of what may be filled in, for `check`."""
    return {"to fill with a number, 'mean' or 'noise'": finite(fill) or str(fill) in ("mean", "noise")}


def _fill(hole: Tensor, measured: tuple[float, ...], generator: torch.Generator | None) -> None:
    for channel, mean, std in zip(hole, measured[::2], measured[1::2], strict=True):
        if generator is None:
            channel.fill_(mean)
        else:
            channel.normal_(mean, std, generator=generator)
