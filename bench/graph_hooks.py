"""What a graph adds to one call of a hook, in the middle of a run: microseconds of the processor."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytorch_lightning as pl

from graph_work import Average, Batch, Keeper, Smooth, Task, batch, trainer
from leyden.train import CallbackGraph, reads, writes

__all__ = ["hook_rows"]

CALLS = 100
"""Calls between two looks at the clock."""


@reads()
class Idle(pl.Callback):
    """Does nothing."""

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Nothing."""


@writes("optimizer.lr")
class Decay(pl.Callback):
    """Sets another rate at every call."""

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """A little less."""
        trainer.optimizers[0].param_groups[0]["lr"] *= 0.9999


KINDS = {
    Idle: "does nothing",
    Keeper: "reads the loss and the learning rate",
    Decay: "sets the learning rate",
    Smooth: "logs a mean of the loss",
    Average: "reads all weights",
}


class Timed(Task):
    """Calls the hooks of the run's callbacks many times over, with the graph's stand-in and without, in turn.

    Args:
        rounds: of timing.

    Attributes:
        found: class of callback -> microseconds of the hook alone, and of what the stand-in adds.
    """

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self._rounds = rounds
        self.found: dict[type, tuple[float, float]] = {}

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Times all hooks, once the run is warm."""
        if batch_idx != len(KINDS):
            return
        for callback in [item for item in getattr(self.trainer, "callbacks") if type(item) in KINDS]:  # noqa: B009
            put = callback.on_train_batch_end
            own = put.__wrapped__
            given = (self.trainer, self, outputs, batch, batch_idx)
            spent = [self._both(own, put, given, number) for number in range(self._rounds)]
            alone = statistics.median(first for first, _ in spent)
            self.found[type(callback)] = (alone, statistics.median(second - first for first, second in spent))

    def _both(
        self, own: Callable[..., None], put: Callable[..., None], given: tuple[Any, ...], number: int
    ) -> tuple[float, float]:
        if number % 2:
            second, first = calls(put, given), calls(own, given)
        else:
            first, second = calls(own, given), calls(put, given)
        return first, second


def calls(hook: Callable[..., None], given: tuple[Any, ...]) -> float:
    """Microseconds of one call, of many."""
    start = time.thread_time()
    for _ in range(CALLS):
        hook(*given)
    return 1e6 * (time.thread_time() - start) / CALLS


def hook_rows(*, rounds: int) -> Iterator[dict[str, str]]:
    """One row a kind of hook."""
    free, held = (run(guard=guard, rounds=rounds) for guard in (False, True))
    for kind, what in KINDS.items():
        yield {
            "what a hook does": what, "alone, us": f"{free[kind][0]:.1f}", "the graph adds, us": f"{free[kind][1]:.1f}",
            "with the guard, us": f"{held[kind][1]:.1f}",
        }  # fmt: skip


def run(*, guard: bool, rounds: int) -> dict[type, tuple[float, float]]:
    """One short run, in which all is timed."""
    task, batches = Timed(rounds), Batches(batch(2), len(KINDS) + 2)
    trainer(CallbackGraph([kind() for kind in KINDS], guard=guard)).fit(task, batches)
    assert set(task.found) == set(KINDS)
    return task.found


class Batches:
    """One batch some times."""

    def __init__(self, given: Batch, count: int) -> None:
        self._given, self._count = given, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Batch]:
        return iter([self._given] * self._count)
