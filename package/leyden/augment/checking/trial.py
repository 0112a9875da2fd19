"""What a transform is tried on: samples with blobs, whose places every item knows in its own way."""

from dataclasses import dataclass, replace
from typing import Any, final

import torch

from leyden.augment.chain.transform import Transform
from leyden.augment.fusing.draw import Draw
from leyden.items import Affine, Image, Keypoints, Label, Mask, Size
from leyden.items.boxes import Boxes

__all__ = ["Trial", "blob_sample", "own_samples"]

_AFFINES: dict[int, Affine] = {
    2: ((0.0, 0.8, -20.0), (0.8, 0.0, -17.0), (0.0, 0.0, 1.0)),
    3: ((0.0, 0.0, -1.0, 14.0), (0.0, -1.0, 0.0, 12.0), (2.0, 0.0, 0.0, -18.0), (0.0, 0.0, 0.0, 1.0)),
}
"""Where samples lie in the world: the volume in slices of 2 mm, as scanners write them, towards left and back."""

_SPREAD = 1.5
"""Pixels; standard deviation of a blob."""


@final
@dataclass(frozen=True)
class Trial:
    """One draw of a transform for one sample.

    Args:
        transform: what is tried.
        seed: of the generator that decided.
        sample: what it was decided for.
        draw: what was decided.
    """

    transform: Transform
    seed: int
    sample: Any
    draw: Draw

    @staticmethod
    def of(transform: Transform, seed: int, sample: object) -> "Trial":
        """Draw with a fresh generator.

        Args:
            transform: what is tried.
            seed: of the generator.
            sample: what it is drawn for.

        Raises:
            DrawError: the transform refuses the sample.
        """
        return Trial(transform, seed, sample, transform.draw(torch.Generator().manual_seed(seed), sample))


def own_samples() -> dict[str, object]:
    """Give samples by name: a picture in reals, one in bytes, a volume; each with all kinds of items."""
    picture, volume = blob_sample((44, 52), channels=3), blob_sample((18, 24, 28), channels=2)
    image: Image = picture["image"]
    pale = replace(image, data=(255 * image.data).round().to(torch.uint8))
    return {"picture": picture, "bytes": {**picture, "image": pale}, "volume": volume}


def blob_sample(size: Size, *, channels: int) -> dict[str, Any]:
    """Give an image with two round blobs, their mask (labels 1 and 3), centres (in double precision) and boxes.

    Args:
        size: the grid.
        channels: of the image; the first blob is in the first, the second in the second, both in all others.
    """
    shares = (0.4, 0.45, 0.4)[-len(size) :], (0.6, 0.55, 0.65)[-len(size) :]
    centres = torch.tensor(
        [[share * (count - 1) for share, count in zip(row, size, strict=True)] for row in shares], dtype=torch.float64
    )
    axes = [torch.arange(count, dtype=torch.float64) for count in size]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij"))
    squares = [((places - centre.view(-1, *(1 for _ in size))) ** 2).sum(0) for centre in centres]
    blobs = torch.stack([(-0.5 * square / _SPREAD**2).exp() for square in squares])
    colours = [blobs[channel] if channel < len(blobs) else blobs.sum(0) for channel in range(channels)]
    mask = torch.zeros(size, dtype=torch.int16)
    for label, square in zip((1, 3), squares, strict=True):
        mask[square < (2 * _SPREAD) ** 2] = label
    return {
        "image": Image((0.8 * torch.stack(colours) + 0.1).float(), affine=_AFFINES[len(size)]),
        "mask": Mask(mask),
        "points": Keypoints(centres, size, labels=("one", "other"), pairs=((0, 1),)),
        "boxes": Boxes.of_mask(Mask(mask)),
        "label": Label(1),
        "name": "blobs",
    }
