"""A window of one sample pasted into another."""

from dataclasses import dataclass, replace
from math import prod
from typing import final

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, uniform
from leyden.augment.chain.span import finite
from leyden.augment.fusing.step import Numbers
from leyden.augment.mix.base import Mix
from leyden.augment.mix.parts import (
    alike_heats,
    beta,
    check_alike,
    check_sizes,
    join_boxes,
    join_points,
    of_kind,
    shared,
)
from leyden.errors import DrawError
from leyden.items import Image, Item, Keypoints, Label, Mask, Size
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel

__all__ = ["CutMix"]


@final
@dataclass(frozen=True, repr=False)
class CutMix(Mix):
    """Paste a window of the second sample into the first, at the same place; labels mix by what is seen of each.

    Images, masks and heat maps are pasted pixel by pixel. Points go with the pixels they lie on. Boxes become the
    smallest ones around what is seen of them, and are dropped where less than `min_visible` is. Outlines cannot be cut
    so and are refused. What lives on no grid, such as a `Row`, and what is no item are those of the first sample.

    Args:
        alpha: of the beta distribution that the share of the first is drawn from, above 0; 1 draws evenly.
        min_visible: least share of a box that must be seen, 0..1.
        classes: how many classes there are, where labels do not name them.

    Source:
        Yun et al. 2019, CutMix: regularization strategy to train strong classifiers, eq. 1 and 2: sides in proportion
        to the grid, the centre anywhere on it. `min_visible` is that of boxes in YOLOv5.

    Examples:
        >>> dog, cat = (Image(torch.ones(1, 8, 8)), Label(1)), (Image(torch.zeros(1, 8, 8)), Label(0))
        >>> image, label = CutMix(1.0, classes=2)(torch.Generator().manual_seed(3), (dog, cat))
        >>> label, image.data.mean() == label.data[1]
        (SoftLabel(0 0.562, 1 0.438), tensor(True))
    """

    alpha: float
    min_visible: float = 0.1
    classes: int = 0

    def __post_init__(self) -> None:
        share = "a share min_visible of 0..1"
        rules = {"a finite alpha above 0": finite(self.alpha) and self.alpha > 0, share: 0 <= self.min_visible <= 1}
        check(self, {**rules, "classes of 0 and up": self.classes >= 0})

    def numbers(self, generator: torch.Generator, sizes: tuple[Size, ...]) -> Numbers:
        """Draw the window: its first pixel along each axis, then the one after its last, then the pixels in all."""
        check_sizes(sizes, self)
        size = sizes[0]
        side = (1 - beta(generator, self.alpha)) ** (1 / len(size))
        starts, ends = [], []
        for count in size:
            length, centre = round(side * count), int(uniform(generator) * count)
            starts.append(max(0, centre - length // 2))
            ends.append(min(count, centre - length // 2 + length))
        return (*starts, *ends, prod(size))

    def mixed(self, numbers: Numbers, items: tuple[Item, ...]) -> Item:
        """Paste what has pixels, choose among what has places."""
        axes = len(numbers) // 2
        start, end = (tuple(map(int, part)) for part in (numbers[:axes], numbers[axes : 2 * axes]))
        first = items[0]
        if isinstance(first, Image):
            data = self._pasted([image.data for image in of_kind(Image, items, self)], start, end)
            return replace(first, data=data)
        if isinstance(first, Mask):
            data = self._pasted([mask.data[None] for mask in of_kind(Mask, items, self)], start, end)[0]
            return replace(first, data=data)
        if isinstance(first, Heatmap):
            data = self._pasted([heat.data for heat in alike_heats(items, self)], start, end)
            return replace(first, data=data)
        if isinstance(first, Label | SoftLabel):
            share = prod(last - begin for begin, last in zip(start, end, strict=True)) / numbers[-1]
            return shared(items, (1 - share, share), self.classes)
        if isinstance(first, Keypoints):
            return self._chosen(of_kind(Keypoints, items, self), start, end)
        if isinstance(first, Boxes):
            return self._seen(of_kind(Boxes, items, self), start, end)
        if first.size is not None:
            raise DrawError(f"{self!r}: {type(first).__name__} cannot be cut; draw masks of outlines first (to_mask)")
        return first

    def _pasted(self, both: list[Tensor], start: Size, end: Size) -> Tensor:
        check_alike(both, self)
        window = (slice(None), *(slice(*ends) for ends in zip(start, end, strict=True)))
        data = both[0].clone()
        data[window] = both[1][window]
        return data

    def _chosen(self, both: list[Keypoints], start: Size, end: Size) -> Keypoints:
        below, above = _edges(start, end, both[0].data)
        covered = [((each.data >= below) & (each.data < above)).all(1) for each in both]
        places = [(~covered[0]).nonzero(), covered[1].nonzero()]
        parts = [each.take(place.squeeze(1).tolist()) for each, place in zip(both, places, strict=True)]
        return join_points(parts, [each.rows for each in both], both[0].size)

    def _seen(self, both: list[Boxes], start: Size, end: Size) -> Boxes:
        below, above = _edges(start, end, both[0].data)
        parts: list[Boxes] = []
        for number, boxes in enumerate(both):
            first, last = torch.maximum(boxes.first, below), torch.minimum(boxes.last, above)
            covered = (last - first).clamp(min=0).prod(1)
            seen = covered if number else boxes.areas - covered
            if not number:
                first, last = _around(boxes, first, last)
            stays = ((seen > 0) & (seen >= self.min_visible * boxes.areas)).nonzero().squeeze(1).tolist()
            kept = boxes.take(stays)
            parts.append(Boxes(torch.cat((first, last), 1)[stays], kept.size, kept.labels, kept.rows))
        return join_boxes(parts, [each.rows for each in both], both[0].size)


def _edges(start: Size, end: Size, like: Tensor) -> tuple[Tensor, Tensor]:
    below, above = (torch.tensor(ends, dtype=like.dtype, device=like.device) - 0.5 for ends in (start, end))
    return below, above


def _around(boxes: Boxes, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
    """Give the corners of what is left of boxes of which the part from `first` to `last` is covered.

    A box shrinks where a whole side of it is covered.
    """
    start, end = boxes.first.clone(), boxes.last.clone()
    whole = (first <= boxes.first) & (last >= boxes.last)
    for axis in range(start.shape[1]):
        others = [other for other in range(start.shape[1]) if other != axis]
        across = whole[:, others].all(1) & (last > first).all(1)
        head, tail = across & (first <= boxes.first)[:, axis], across & (last >= boxes.last)[:, axis]
        start[:, axis] = torch.where(head & ~tail, last[:, axis], start[:, axis])
        end[:, axis] = torch.where(tail & ~head, first[:, axis], end[:, axis])
    return start, end
