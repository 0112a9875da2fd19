"""What bench/graph.py trains: a small network, eight callbacks that do what people's callbacks do, quiet Trainers."""

import math
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from leyden.train import reads, writes

__all__ = ["Batch", "Task", "batch", "eight", "kept", "one", "trainer"]

Batch: TypeAlias = tuple[Tensor, Tensor]


class Task(pl.LightningModule):
    """Four convolutions with normalisation and a head: 14 parameters, as many gradients; nothing is left to chance."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            widths = (3, 8, 16, 16, 32)
            parts = [
                nn.Sequential(nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU())
                for a, b in pairwise(widths)
            ]
            self.net = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The loss of a batch."""
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return torch.optim.Adam(self.parameters(), lr=1e-3)


def batch(size: int) -> Batch:
    """Noise of 32 x 32 pixels with labels, always the same."""
    draw = torch.Generator().manual_seed(0)
    return torch.rand(size, 3, 32, 32, generator=draw), torch.randint(10, (size,), generator=draw)


def trainer(callbacks: Sequence[pl.Callback] | None, *, epochs: int = 1) -> pl.Trainer:
    """A Trainer on the processor that says nothing and keeps nothing."""
    given: Any = callbacks
    return pl.Trainer(
        accelerator="cpu", max_epochs=epochs, callbacks=given, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip


@writes("optimizer.lr")
@reads("trainer.global_step")
class WarmUp(pl.Callback):
    """Sets the learning rate before every step: up, then down along a cosine."""

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Up for 50 steps, and once down in 1000."""
        step = trainer.global_step
        rate = 1e-3 * min(1.0, (step + 1) / 50) * (0.55 + 0.45 * math.cos(math.pi * min(step, 1000) / 1000))
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = rate


@reads("outputs.loss")
@writes("logged.smooth_loss")
class Smooth(pl.Callback):
    """Logs a running mean of the loss."""

    def __init__(self) -> None:
        self.mean: Tensor | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Forgets an earlier run."""
        self.mean = None

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """A twentieth of it is new."""
        loss = outputs["loss"].detach()
        mean = self.mean = loss.clone() if self.mean is None else self.mean.lerp(loss, 0.05)
        pl_module.log("smooth_loss", mean)


@reads("model.gradients")
@writes("logged.gradient_norm")
class GradientNorm(pl.Callback):
    """Logs the norm of all gradients before the optimizer sees them."""

    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: torch.optim.Optimizer
    ) -> None:
        """One number of all gradients."""
        pl_module.log(
            "gradient_norm", nn.utils.get_total_norm([p.grad for p in pl_module.parameters() if p.grad is not None])
        )


@reads("batch.0")
class Counter(pl.Callback):
    """Counts images and epochs."""

    def __init__(self) -> None:
        self.images = self.epochs = 0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """One more epoch."""
        self.epochs += 1

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """The images of a batch."""
        self.images += len(batch[0])


@reads("outputs.loss", "optimizer.lr")
class Keeper(pl.Callback):
    """Keeps the loss and the rate of every step."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, float]] = []

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """One row."""
        self.steps.append((outputs["loss"].item(), trainer.optimizers[0].param_groups[0]["lr"]))


@reads("outputs.loss")
@writes("trainer.should_stop")
class Watch(pl.Callback):
    """Stops a run whose loss is no number any more."""

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Looks at one loss."""
        if not math.isfinite(outputs["loss"]):
            trainer.should_stop = True


@reads()
class Clock(pl.Callback):
    """Measures every step; it looks at nothing of the run."""

    def __init__(self) -> None:
        self.begun, self.seconds, self.count = 0.0, 0.0, 0

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """The start of a step."""
        self.begun = time.perf_counter()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """The end of it."""
        self.seconds += time.perf_counter() - self.begun
        self.count += 1


@reads("model.parameters")
class Average(pl.Callback):
    """Keeps a running mean of the weights, as for evaluation."""

    def __init__(self) -> None:
        self.weights: list[Tensor] = []

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """A hundredth of it is new."""
        now = [weight.detach() for weight in pl_module.parameters()]
        if self.weights:
            torch._foreach_lerp_(self.weights, now, 0.01)
        else:
            self.weights = [weight.clone() for weight in now]


def eight() -> list[pl.Callback]:
    """All of them, new."""
    return [Average(), Clock(), Counter(), GradientNorm(), Keeper(), Smooth(), Watch(), WarmUp()]


def one() -> list[pl.Callback]:
    """The one that most people have, new."""
    return [Keeper()]


def kept(callbacks: Iterable[pl.Callback]) -> list[Any]:
    """What the callbacks of a run found out, as plain values to be compared; the clock's are left out."""
    found: list[Any] = []
    for callback in sorted(callbacks, key=lambda item: type(item).__name__):
        if isinstance(callback, Keeper):
            found.append(callback.steps)
        elif isinstance(callback, Counter):
            found.append((callback.images, callback.epochs))
        elif isinstance(callback, Average):
            found.append([weight.tolist() for weight in callback.weights])
        elif isinstance(callback, Clock):
            found.append(callback.count)
        elif isinstance(callback, Smooth):
            found.append(None if callback.mean is None else callback.mean.item())
    return found
