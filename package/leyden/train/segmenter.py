"""Segmentation into regions that may overlap, as a plain LightningModule."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from leyden.errors import TrainError
from leyden.train.glimpse import Glimpse, glimpse
from leyden.train.overlap import RegionBatch, RegionDice, dice_and_cross_entropy, dice_of
from leyden.train.speed import Precision, fastest
from leyden.train.task import Task
from leyden.train.tuning import Tuning
from leyden.types import Batch

__all__ = ["RegionLoss", "Segmenter"]

RegionLoss = Callable[[Tensor, Tensor], Tensor]
"""From logits and truth, both "batch region *space", to a scalar."""

_SHOWN = 6
_TUNING = Tuning(rate=4e-3, freeze=0, discount=1.0, weight_decay=1e-4, warm=0.1)


@final
class Segmenter(Task):
    """Segmentation into regions that may overlap: a sigmoid a region, soft Dice and cross-entropy, Dice by region.

    Batches are images "batch modality *space" and regions "batch region *space", 0 or 1. Validation logs `val_loss`,
    `val_dice` (the mean over all samples and regions) and `val_dice_TC`, ... for each region; a region that is neither
    there nor predicted counts 1. A voxel is in a region where its probability is above one half.

    The network is held, not copied; `leyden.train.fit` copies the whole task before it trains. A checkpoint is a plain
    dictionary that `torch.load(weights_only=True)` reads without leyden: the network's own keys under `model.`, the
    regions under `regions`.

    Args:
        model: any network from images to one logit a region and voxel.
        regions: names of the regions, in the order of the logits, all different.
        tuning: rates and phases; by default one cycle over everything, peak 4e-3, decay 1e-4.
        groups: module groups, input to output, the head last; needed only to freeze what has no `backbone` and `head`.
        loss: from logits in float32 and truth to a scalar; by default `dice_and_cross_entropy`.
        precision: how the network computes on the CPU. "auto" measures `leyden.train.fastest` on the first batch that
            it trains on, a few seconds, and takes the fastest from then on: see `chosen`. Elsewhere, and under an
            autocast of the Trainer's, it has no effect. Loss and Dice are always computed in float32.

    Attributes:
        chosen: the precision in use; None where nothing was chosen yet: plain float32, or the Trainer's.
        seen: Dice of every sample of the last validation; None before the first.

    Raises:
        TrainError: no regions or repeated ones, or frozen epochs asked of a model whose head is not known.

    Examples:
        >>> task = Segmenter(nn.Conv3d(4, 3, 1), ["TC", "WT", "ET"])
        >>> task(torch.zeros(2, 4, 8, 8, 8)).shape
        torch.Size([2, 3, 8, 8, 8])
    """

    monitor = "val_dice"

    def __init__(
        self, model: nn.Module, regions: Sequence[str], *, tuning: Tuning | None = None,
        groups: Sequence[nn.Module] | None = None, loss: RegionLoss | None = None,
        precision: Precision | Literal["auto"] = "auto",
    ) -> None:  # fmt: skip
        super().__init__(model, tuning=tuning or _TUNING, groups=groups)
        self.regions = list(regions)
        if not self.regions or len(set(self.regions)) < len(self.regions):
            raise TrainError(f"regions must be one or more different names, given {self.regions}")
        self.precision: Precision | Literal["auto"] = precision
        self.chosen = None if precision == "auto" else precision
        self.seen: RegionDice | None = None
        self._rule = loss or dice_and_cross_entropy
        self._rows: list[tuple[Tensor, Tensor]] = []
        self._glimpses: list[Glimpse] = []

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of the mean Dice and of each region's."""
        return (self.monitor, *(f"{self.monitor}_{region}" for region in self.regions))

    def replace(self, *, model: nn.Module | None = None, tuning: Tuning | None = None) -> "Segmenter":
        """A task like this one with another network of the same make, or other rates; shares what is not replaced.

        With a new network, precision "auto" is measured anew.

        Raises:
            TrainError: the new network lacks one of the groups of this one.
        """
        kept = model or self.model
        task = Segmenter(
            kept, self.regions, tuning=tuning or self.tuning, groups=self._groups_of(kept), loss=self._rule,
            precision=self.precision,
        )  # fmt: skip
        task.chosen = task.chosen if model else self.chosen
        task.training = self.training
        return task

    def forward(self, images: Batch) -> Float[Tensor, "batch region *space"]:
        """Logits of a batch of images, in float32."""
        if self.chosen is None or images.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
            return self.model(images).float()
        return self.chosen.apply(self.model)(images)

    def loss(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> Tensor:
        """Loss of one (images, regions) batch, a scalar; logs nothing."""
        images, truth = batch
        return self._loss(self(images), truth)

    def _loss(self, logits: Tensor, truth: RegionBatch) -> Tensor:
        if logits.shape != truth.shape or logits.shape[1] != len(self.regions):
            raise TrainError(
                f"the network gives {tuple(logits.shape)} and the truth is {tuple(truth.shape)}: both must be 'batch "
                f"region' and space, with the regions {', '.join(self.regions)}"
            )
        with torch.autocast(logits.device.type, enabled=False):
            return self._rule(logits.float(), truth.float())

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Chooses the precision before the first batch, where that was left to it."""
        if self.precision == "auto" and self.chosen is None:
            images = batch[0]
            if images.device.type == "cpu" and self.trainer.precision == "32-true":
                self.chosen = fastest(self.model, images, repeats=2).best

    def validation_step(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> None:
        """Logs `val_loss`, `val_dice` and each region's Dice, exact over all samples."""
        images, truth = batch
        logits = self(images)
        dice = dice_of(logits > 0, truth)
        self._note(images, truth, logits > 0, dice)
        values = {"val_loss": self._loss(logits, truth), "val_dice": dice.mean()}
        values |= dict(zip(self.scores[1:], dice.mean(0), strict=True))
        self.log_dict(values, on_epoch=True, batch_size=len(images))

    def _note(self, images: Tensor, truth: RegionBatch, predicted: RegionBatch, dice: Tensor) -> None:
        """Keeps what `seen` is made of: every sample's Dice, and a slice of those that are among the worst so far."""
        first = sum(len(row) for row, _ in self._rows)
        self._rows.append((dice.cpu(), truth.flatten(2).any(2).cpu()))
        for place, mean in enumerate(dice.mean(1).tolist()):
            if len(self._glimpses) < _SHOWN or mean < self._glimpses[-1].mean:
                new = glimpse(first + place, mean, images[place], truth=truth[place], predicted=predicted[place])
                self._glimpses = sorted([*self._glimpses, new], key=lambda one: one.mean)[:_SHOWN]

    def on_validation_epoch_start(self) -> None:
        """Forgets the samples of a validation that was cut short."""
        self._rows, self._glimpses = [], []

    def on_validation_epoch_end(self) -> None:
        """Keeps the Dice of every sample as `seen`."""
        if self._rows:
            values, present = (torch.cat(parts) for parts in zip(*self._rows, strict=True))
            self.seen = RegionDice(tuple(self.regions), values, present, tuple(self._glimpses))
        self._rows, self._glimpses = [], []

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Adds the names of the regions to the checkpoint, as plain strings."""
        checkpoint["regions"] = list(self.regions)
