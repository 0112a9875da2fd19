"""One slice of a segmented sample, where prediction and truth differ most: what a panel shows of the worst ones."""

from dataclasses import dataclass
from typing import Any

from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["Glimpse", "glimpse"]


@dataclass(frozen=True, eq=False)
class Glimpse:
    """A slice of one sample of a validation, on the CPU.

    Attributes:
        index: of the sample.
        mean: Dice, over its regions.
        image: all modalities.
        truth: where each region is.
        predicted: where the network says it is.
    """

    index: int
    mean: float
    image: Float[Tensor, "modality y x"]
    truth: Bool[Tensor, "region y x"]
    predicted: Bool[Tensor, "region y x"]

    def __repr__(self) -> str:
        return f"Glimpse(sample {self.index}, mean Dice {self.mean:.3f})"


def glimpse(index: int, mean: float, image: Tensor, *, truth: Tensor, predicted: Tensor) -> Glimpse:
    """Give the slice along z where most voxels differ, of all regions; the one with most truth where none do.

    Args:
        index: of the sample.
        mean: its Dice.
        image: "modality *space", of two or three axes; a picture is its own slice.
        truth: "region *space"; what is not 0 is in.
        predicted: likewise.
    """
    parts: list[Any] = [image, truth != 0, predicted != 0]
    if image.ndim == 4:
        counts = (parts[1] != parts[2]).sum((0, 2, 3))
        counts = counts if counts.any() else parts[1].sum((0, 2, 3))
        parts = [part[:, int(counts.argmax())] for part in parts]
    pixels, first, second = (part.detach().cpu().clone() for part in parts)
    return Glimpse(index, mean, pixels.float(), first, second)
