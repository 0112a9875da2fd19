"""What happened, step by step and epoch by epoch, as plain numbers."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, final

import pytorch_lightning as pl
import torch

from leyden.train.graph.access import reads, writes

__all__ = ["Epoch", "History", "Step"]


@dataclass(frozen=True)
class Step:
    """One optimiser step: its number from 1, its epoch from 0, the loss of its batch, the head's rate in it."""

    step: int
    epoch: int
    loss: float
    rate: float


@dataclass(frozen=True)
class Epoch:
    """One epoch: number from 0, mean training loss, what validation logged (by name), wall seconds."""

    epoch: int
    loss: float
    metrics: dict[str, float]
    seconds: float


@reads("logged", "optimizer.lr", "outputs.loss")
@reads("trainer.current_epoch", "trainer.estimated_stepping_batches", "trainer.max_epochs")
@writes("callback.History")  # and tells its listener, on the training thread
@final
class History(pl.Callback):
    """Keeps every step and epoch of a run; works in any Trainer, resumes with its checkpoint.

    Args:
        listener: called with this history after every step and every epoch, on the training thread; what it raises
            stops the run.

    Attributes:
        steps: one `Step` a training batch.
        epochs: one `Epoch` a finished epoch.
        total: training batches the whole run will take; 0 before it starts.

    Examples:
        >>> history = History()
        >>> history
        History(0 of 0 steps, 0 epochs)
    """

    def __init__(self, listener: Callable[["History"], None] | None = None) -> None:
        self.listener = listener
        self.steps: list[Step] = []
        self.epochs: list[Epoch] = []
        self.total = 0
        self._started = 0.0
        self._rate = float("nan")

    def __repr__(self) -> str:
        return f"History({len(self.steps)} of {self.total} steps, {len(self.epochs)} epochs)"

    def series(self, name: str) -> tuple[list[float], list[float]]:
        """Values of one metric over epochs: ([epoch + 1, ...], [value, ...]); `loss` is the mean training loss."""
        rows = [(row.epoch + 1.0, {"loss": row.loss, **row.metrics}.get(name)) for row in self.epochs]
        kept = [(place, value) for place, value in rows if value is not None]
        return [place for place, _ in kept], [value for _, value in kept]

    def best(self, name: str = "val_accuracy") -> float | None:
        """Highest value of a metric over all epochs; None where it was never logged."""
        return max(self.series(name)[1], default=None)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Reads how long the run will be."""
        self.total = int(trainer.estimated_stepping_batches) if trainer.max_epochs != -1 else 0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Starts the epoch's clock."""
        self._started = time.perf_counter()

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Reads the head's rate before schedulers change it for the next batch."""
        rates = [group["lr"] for optimizer in trainer.optimizers for group in optimizer.param_groups]
        self._rate = float(rates[-1]) if rates else float("nan")

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Keeps the step: the loss of this batch, and the rate it was taken at."""
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        value = float(loss.detach()) if isinstance(loss, torch.Tensor) else float("nan")
        self.steps.append(Step(len(self.steps) + 1, trainer.current_epoch, value, self._rate))
        self._tell()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keeps the epoch with everything that was logged in it."""
        losses = [step.loss for step in self.steps if step.epoch == trainer.current_epoch]
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items() if name != "train_loss"}
        mean = sum(losses) / len(losses) if losses else float("nan")
        self.epochs.append(Epoch(trainer.current_epoch, mean, metrics, time.perf_counter() - self._started))
        self._tell()

    def state_dict(self) -> dict[str, Any]:
        """Everything kept so far, as plain lists."""
        return {"steps": [asdict(row) for row in self.steps], "epochs": [asdict(row) for row in self.epochs]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from what a checkpoint kept."""
        self.steps = [Step(**row) for row in state_dict["steps"]]
        self.epochs = [Epoch(**row) for row in state_dict["epochs"]]

    def _tell(self) -> None:
        if self.listener:
            self.listener(self)
