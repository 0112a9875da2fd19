"""Two samples laid over each other."""

from dataclasses import dataclass, replace
from typing import final

import torch
from torch import Tensor

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import finite
from leyden.augment.fusing.step import Numbers
from leyden.augment.mix.base import Mix
from leyden.augment.mix.parts import alike_heats, beta, check_alike, check_sizes, join_boxes, of_kind, shared
from leyden.errors import DrawError
from leyden.items import Image, Item, Label, Size
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel

__all__ = ["MixUp"]


@final
@dataclass(frozen=True, repr=False)
class MixUp(Mix):
    """Blend two images, and their labels in the same shares; images of bytes become float32, 0..1.

    Heat maps are blended too. Boxes of both stay, whole. Masks, points and outlines have no blend and are refused.
    What lives on no grid, such as a `Row`, and what is no item are those of the first sample.

    Args:
        alpha: of the beta distribution that the share of the first is drawn from, above 0: the smaller, the more often
            one of the two nearly fills the picture; 1 draws evenly.
        classes: how many classes there are, where labels do not name them.

    Source:
        Zhang et al. 2018, mixup: beyond empirical risk minimization, eq. 1; boxes as Zhang et al. 2019, Bag of freebies
        for training object detection neural networks, section 3.1.

    Examples:
        >>> dog, cat = (Image(torch.ones(1, 2, 2)), Label(1)), (Image(torch.zeros(1, 2, 2)), Label(0))
        >>> image, label = MixUp(1.0, classes=2)(torch.Generator().manual_seed(5), (dog, cat))
        >>> label, torch.allclose(image.data, label.data[1])
        (SoftLabel(0 0.358, 1 0.642), True)
    """

    alpha: float
    classes: int = 0

    def __post_init__(self) -> None:
        rules = {"a finite alpha above 0": finite(self.alpha) and self.alpha > 0}
        check(self, {**rules, "classes of 0 and up": self.classes >= 0})

    def numbers(self, generator: torch.Generator, sizes: tuple[Size, ...]) -> Numbers:
        """Draw the share of the first sample."""
        check_sizes(sizes, self)
        return (beta(generator, self.alpha),)

    def mixed(self, numbers: Numbers, items: tuple[Item, ...]) -> Item:
        """Blend images, heat maps and labels."""
        first = items[0]
        if isinstance(first, Image):
            data = self._blended([image.data for image in of_kind(Image, items, self)], numbers[0])
            return replace(first, data=data)
        if isinstance(first, Heatmap):
            data = self._blended([heat.data for heat in alike_heats(items, self)], numbers[0])
            return replace(first, data=data)
        if isinstance(first, Label | SoftLabel):
            return shared(items, (numbers[0], 1 - numbers[0]), self.classes)
        if isinstance(first, Boxes):
            boxes = of_kind(Boxes, items, self)
            return join_boxes(boxes, [each.rows for each in boxes], first.size)
        if first.size is not None:
            raise DrawError(
                f"{self!r}: {type(first).__name__} has no blend; make heat maps first (OneHot of masks, "
                "Heatmap.of_points), or use CutMix for masks and points"
            )
        return first

    def _blended(self, both: list[Tensor], share: float) -> Tensor:
        check_alike(both, self)
        bytes_ = both[0].dtype == torch.uint8
        one, other = (data.float().div_(255) if bytes_ else data for data in both)
        return other.lerp(one, share)
