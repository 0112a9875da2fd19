"""Crops that look at the mask before they cut, so that rare labels are seen often enough."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from numbers import Integral
from typing import ClassVar, final

import numpy as np
import torch
from torch import Tensor

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.chain.span import finite
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.framing.crop import Outside, Window
from leyden.errors import DrawError
from leyden.items import Mask, Move, Size
from leyden.items.grid import size_text

__all__ = ["LabelCrop"]

_TRIES = 64
"""Places of a label that are followed at once, before all of them are; most scenes show most of their mask."""

_FEW = 2**16
"""Labels below this are counted, which is faster than sorting the mask."""


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class LabelCrop(Window):
    """Choose a label, then a place that has it, and take the window around that place, by whole pixels.

    The first mask of the sample counts, moved by the steps so far. The window stays on the grid: near the edge the
    place is not in its middle. A label that the mask does not show is left out of the choice; if it shows none of
    them, the window is a `RandomCrop`. The numbers drawn say which it was: the first pixel of the window along each
    axis, then the label, which is missing where none was found.

    Args:
        shape: pixels along each axis, in axis order; one number for all axes.
        labels: those to choose from; every one of the mask but 0 if none are given.
        weights: how likely each is, in proportion; evenly if none are given.
        outside: what happens if the window is larger than the grid: `refuse` raises, `fill` shows the border mode.

    Raises:
        DrawError: when drawn for a sample without a mask, or for a smaller grid, unless it fills.

    Examples:
        >>> from leyden.augment import OneOf, RandomCrop
        >>> OneOf(LabelCrop(96), RandomCrop(96), weights=(1, 2))
        OneOf(LabelCrop(96), RandomCrop(96), weights=(1, 2))

    Source:
        monai.transforms.RandCropByLabelClasses; `OneOf(LabelCrop(96), LabelCrop(96, labels=(0,)))` is its
        RandCropByPosNegLabel, and the example above the oversampling of nnU-Net.
    """

    labels: tuple[int, ...]
    weights: tuple[float, ...]

    exact: ClassVar[bool] = True
    looks_at: ClassVar[str] = "the mask"

    def __init__(
        self,
        *shape: int,
        labels: tuple[int, ...] = (),
        weights: tuple[float, ...] = (),
        outside: Outside = "refuse",
    ) -> None:
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "weights", weights)
        super().__init__(*shape, outside=outside)
        whole = isinstance(labels, tuple) and all(isinstance(label, Integral) for label in labels)
        check(self, {"labels in a tuple of whole numbers": whole, "weights in a tuple": isinstance(weights, tuple)})
        fit = not weights or (len(weights) == len(labels) and finite(*weights) and min(weights) >= 0 < sum(weights))
        single = len(set(labels)) == len(labels)
        check(self, {"each label once": single, "one weight a label, 0 and up, not all 0": fit})

    def arguments(self) -> Arguments:
        """Give the sizes one by one."""
        shape, options = super().arguments()
        chosen = {"labels": self.labels, "weights": self.weights}
        return shape, {**{name: value for name, value in chosen.items() if value}, **options}

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the first pixel of the window along each axis, and name the label in it if there is one."""
        masks = [item for item in scene.items if isinstance(item, Mask)]
        if not masks:
            raise DrawError(f"{self!r} needs a mask in the sample, to see where labels are; use RandomCrop without one")
        chance = seeded(seed_number(generator), "cpu")
        move = replace(scene.move, fields=())  # they act on the grid after the crop
        left = dict(zip(self.labels, self.weights or (1.0,) * len(self.labels), strict=True))
        left = {label: weight for label, weight in left.items() if weight} or dict.fromkeys(_held(masks[0].data), 1.0)
        while left:
            bounds = list(accumulate(left.values()))
            label = list(left)[bisect_right(bounds, uniform(chance) * bounds[-1])]
            place = _place_of(_pixels_of(masks[0].data, label), move, chance)
            if place is not None:
                return (*self._around(place, scene.size), float(label))
            del left[label]
        return self.anywhere(chance, scene.size)

    def _around(self, place: list[float], size: Size) -> Numbers:
        corners: list[float] = []
        for centre, old, new in zip(place, size, self.new_size((), size), strict=True):
            room = old - new
            corners.append(float(min(max(round(centre) - new // 2, min(0, room)), max(0, room))))
        return tuple(corners)

    def describe(self) -> str:
        """Say what happens."""
        sought = ", ".join(map(str, self.labels)) or "any but 0"
        return f"crop {size_text(self.shape)} around a label ({sought})"


def _held(data: Tensor) -> list[int]:
    """List the labels of a mask, without the background."""
    low, high = (int(bound) for bound in data.aminmax())
    labels = data.flatten().bincount().nonzero() if low >= 0 and high < _FEW else data.unique()
    return [label for label in labels.flatten().tolist() if label]


def _pixels_of(data: Tensor, label: int) -> Tensor:
    """List the pixels that have a label, counted through."""
    if data.device.type != "cpu":
        return (data == label).flatten().nonzero().squeeze(1)
    # five to ten times as fast as torch on one core
    return torch.from_numpy(np.flatnonzero(data.numpy() == label))


def _place_of(flat: Tensor, move: Move, chance: torch.Generator) -> list[float] | None:
    """Give where one of some pixels comes to lie on the new grid, each in sight as likely; None if none is."""
    if not len(flat):
        return None
    tries = torch.rand(_TRIES, generator=chance, dtype=torch.float64).mul(len(flat)).long().to(flat.device)
    seen = _in_sight(flat[tries], move)
    if len(seen):
        return seen[0].tolist()
    seen = _in_sight(flat, move)
    return seen[int(uniform(chance) * len(seen))].tolist() if len(seen) else None


def _in_sight(flat: Tensor, move: Move) -> Tensor:
    """Give where pixels, counted through, come to lie, those that the new grid shows."""
    places = torch.stack(torch.unravel_index(flat, move.size), 1).double()
    moved = move.points(places)
    edge = torch.tensor(move.new_size, dtype=moved.dtype, device=moved.device) - 0.5
    return moved[((moved >= -0.5) & (moved < edge)).all(1)]
