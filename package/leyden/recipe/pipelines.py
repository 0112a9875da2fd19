"""From labelled pictures to batches: sized once, augmented anew in every epoch, normalised for the weights."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from torch import Tensor

from leyden import data
from leyden.augment import Brightness, Contrast, Flip, Maybe, Rotate, Transform, Zoom
from leyden.items import Image
from leyden.recipe.labelled import LabelledSet
from leyden.types import Rgb, RgbSquare
from leyden.vision import Preprocess

__all__ = ["MOVE", "Augmented", "Pipes", "Plain", "Sized", "pipes"]

MOVE = Maybe(Flip("x")) | Rotate(10) | Zoom(0.9, 1.1) | Brightness(0.1) | Contrast(0.1)
"""What a photograph may undergo and still be the same class: one resample, one linear colour step.

On the tiles of `photos` it gains nothing; on tiles that are themselves turned, zoomed and re-lit it gains two points
(`make bench`).
"""


@dataclass(frozen=True)
class Sized:
    """Crops and resizes a picture as the weights expect it, without normalising; stays uint8."""

    prep: Preprocess

    def __call__(self, sample: tuple[Rgb, int]) -> tuple[RgbSquare, int]:
        """(picture, label) at `prep.size`."""
        image, label = sample
        shown = self.prep.invert(self.prep(image))
        return (shown * 255).round().to(torch.uint8), label


@dataclass(frozen=True)
class Plain:
    """Normalises a sized picture."""

    prep: Preprocess

    def __call__(self, sample: tuple[RgbSquare, int]) -> tuple[Tensor, int]:
        """(network input, label)."""
        image, label = sample
        return self.prep.normalise(image), label


@dataclass(frozen=True)
class Augmented:
    """Moves a sized picture by what the generator draws, and normalises it."""

    move: Transform
    prep: Preprocess

    def __call__(self, generator: torch.Generator, sample: tuple[RgbSquare, int]) -> tuple[Tensor, int]:
        """(network input, label)."""
        image, label = sample
        moved = self.move(generator, Image(image.float() / 255))
        return self.prep.normalise(moved.data.clamp(0, 1)), label


@dataclass(frozen=True)
class Pipes:
    """Batches to learn from, anew in every epoch, and batches to measure on, always the same."""

    train: Any
    held_out: Any


def pipes(
    labelled: LabelledSet,
    prep: Preprocess,
    *,
    move: Transform | None = MOVE,
    batch: int = 32,
    workers: int = 1,
    seed: int = 0,
) -> Pipes:
    """Makes the two pipelines of the main job.

    Pictures are decoded and sized once and then held in memory as uint8 (`prep.size` squared times 3 bytes each). Large
    JPEGs are decoded no larger than the network needs.

    Args:
        labelled: what to learn from and what to measure on.
        prep: the preprocessing bound to the weights; its `size` is the side of the network input.
        move: the augmentation; None trains on the pictures as they are.
        batch: samples a training batch; the held-out pipe takes four times as many.
        workers: threads that prepare batches while the network runs.
        seed: draws order and augmentation.

    Returns:
        Two pipelines that `Trainer.fit` takes.
    """
    labelled = labelled.at_least(ceil(prep.size / prep.crop))
    sized = labelled.train | data.map(Sized(prep)) | data.cache()
    made = sized | (data.map_random(Augmented(move, prep), seed=seed) if move else data.map(Plain(prep)))
    train = made | data.shuffle(seed=seed) | data.batch(batch) | data.parallel(workers)
    held_out = labelled.held_out | data.map(Sized(prep)) | data.map(Plain(prep)) | data.batch(4 * batch) | data.cache()
    return Pipes(train, held_out)
