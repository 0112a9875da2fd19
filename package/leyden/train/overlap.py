"""How well regions that may overlap are found: Dice of every sample and region, and a loss that can be learned from."""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from leyden.train.glimpse import Glimpse

__all__ = ["RegionBatch", "RegionDice", "dice_and_cross_entropy", "dice_of"]

RegionBatch: TypeAlias = Shaped[Tensor, "batch region *space"]
"""One map a region and sample, 1 where it is."""

_SMOOTH = 1.0


@dataclass(frozen=True, eq=False)
class RegionDice:
    """Dice of every sample and region, samples in the order in which they came.

    Attributes:
        regions: names, in the order of the columns.
        values: 0 to 1, "sample region"; 1 where a region is neither there nor predicted, 0 where only one of the two.
        present: whether the region is there.
        glimpses: a slice of each of the worst samples, the lowest mean first.
    """

    regions: tuple[str, ...]
    values: Float[Tensor, "sample region"]
    present: Shaped[Tensor, "sample region"]
    glimpses: tuple[Glimpse, ...] = ()

    def __repr__(self) -> str:
        named = ", ".join(f"{name} {value:.3f}" for name, value in self.by_region().items())
        return f"RegionDice({len(self.values)} samples, mean {self.mean:.3f}: {named})"

    @property
    def mean(self) -> float:
        """Over all samples and regions."""
        return float(self.values.mean())

    def by_region(self) -> dict[str, float]:
        """Mean of each region over all samples."""
        return dict(zip(self.regions, self.values.mean(0).tolist(), strict=True))

    def worst(self, count: int | None = None) -> list[int]:
        """Indices of the samples, the lowest mean over the regions first."""
        return torch.argsort(self.values.mean(1), stable=True)[:count].tolist()

    def tell(self, index: int) -> str:
        """One sample in words.

        Examples:
            >>> dice = RegionDice(("TC", "WT"), torch.tensor([[0.5, 0.75]]), torch.ones(1, 2, dtype=torch.bool))
            >>> dice.tell(0)
            'sample 0: TC .500, WT .750'
        """
        row = zip(self.regions, self.values[index].tolist(), self.present[index].tolist(), strict=True)
        told = (f"{name} {value:.3f}".replace(" 0.", " .") + ("" if there else " (none)") for name, value, there in row)
        return f"sample {index}: {', '.join(told)}"


def dice_of(predicted: RegionBatch, truth: RegionBatch) -> Float[Tensor, "batch region"]:
    """Give twice the overlap over the sum of both sizes, for each sample and region; 1 where both are empty.

    Args:
        predicted: what is not 0 is in.
        truth: likewise.

    Examples:
        >>> one, two = torch.tensor([[[1, 1, 0]]]), torch.tensor([[[0, 1, 0]]])
        >>> round(float(dice_of(one, two)), 3), float(dice_of(one * 0, two * 0))
        (0.667, 1.0)
    """
    first, second = (maps.flatten(2) != 0 for maps in (predicted, truth))
    both, size = (first & second).sum(2), first.sum(2) + second.sum(2)
    return torch.where(size == 0, 1.0, 2 * both / size.clamp_min(1)).float()


def dice_and_cross_entropy(logits: Float[Tensor, "batch region *space"], truth: RegionBatch) -> Float[Tensor, ""]:
    """Give soft Dice loss plus binary cross-entropy, each region on its own, in float32.

    Dice is that of each sample and region, with 1 added above and below, so that an empty region can be learned.

    Args:
        logits: of every region.
        truth: 0 or 1.

    Examples:
        >>> truth = torch.tensor([[[0, 1, 1]]])
        >>> float(dice_and_cross_entropy((truth * 2.0 - 1) * 50, truth)) < 1e-6
        True

    Source:
        Milletari et al. 2016, V-Net (https://arxiv.org/abs/1606.04797), without its squares; summed with cross-entropy
        and smoothed by 1 as in nnU-Net (Isensee et al. 2021, https://doi.org/10.1038/s41592-020-01008-z).
    """
    scores, wanted = logits.float().flatten(2), truth.float().flatten(2)
    sure = scores.sigmoid()
    overlap = (2 * (sure * wanted).sum(2) + _SMOOTH) / (sure.sum(2) + wanted.sum(2) + _SMOOTH)
    return 1 - overlap.mean() + nn.functional.binary_cross_entropy_with_logits(scores, wanted)
