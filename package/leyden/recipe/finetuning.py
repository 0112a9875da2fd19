"""Fine-tuning in one call: the head first, then everything, at a rate that is given or found."""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from leyden.train import Callback, Fitted, Task, find_rate, fit
from leyden.train.task import checked_task

__all__ = ["finetune"]


def finetune(
    task: Task,
    train: Iterable[Any],
    validation: Iterable[Any] | None = None,
    *,
    epochs: int = 5,
    freeze: int = 1,
    rate: float | Literal["find"] | None = None,
    callbacks: Sequence[Callback] = (),
    folder: Path | str | None = None,
    seed: int = 0,
) -> Fitted:
    """Trains the head alone, then the whole network at discriminative rates, each in one cycle.

    Args:
        task: what to train; it stays as it was.
        train: batches of (images, labels).
        validation: likewise, measured after every epoch.
        epochs: epochs in all, the frozen ones included.
        freeze: epochs in which only the head learns.
        rate: peak rate of the head; None takes the task's own, "find" runs a range test first (60 batches).
        callbacks: further Lightning callbacks.
        folder: where the best checkpoint goes.
        seed: seeds dropout and the range test.

    Returns:
        The trained copy, its history and how the run ended.

    Raises:
        TrainError: no task, or what was asked cannot be trained.
    """
    checked_task(task)
    peak = (
        task.tuning.rate if rate is None else find_rate(task, train, seed=seed).suggestion if rate == "find" else rate
    )
    tuned = task.replace(tuning=dataclasses.replace(task.tuning, freeze=freeze, rate=peak))
    return fit(tuned, train, validation, epochs=epochs, callbacks=callbacks, folder=folder, seed=seed)
