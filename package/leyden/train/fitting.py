"""Training as a value: a task goes in, a trained copy comes out, whatever happens in between.

Examples:
    >>> from leyden.train import Classifier, Tuning, fit
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 2))
    >>> task = Classifier(net, ["dark", "light"], tuning=Tuning(rate=0.1, freeze=0))
    >>> images = torch.tensor([0.1, 0.2, 0.8, 0.9]).view(4, 1, 1, 1).expand(-1, 3, 1, 1)
    >>> batches = [(images, torch.tensor([0, 0, 1, 1]))]
    >>> fitted = fit(task, batches, batches, epochs=40)
    >>> fitted.status, fitted.history.best(), torch.equal(fitted.task.model[1].bias, net[1].bias)
    ('finished', 1.0, False)
"""

import copy
import logging
import signal
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader, Dataset

from leyden.errors import TrainError
from leyden.train.conduct import CallbackGraph, Conductor
from leyden.train.control import Control
from leyden.train.history import History
from leyden.train.keeping import BestWeights
from leyden.train.task import Task, checked_task

__all__ = ["Fitted", "Keep", "Status", "fit", "validate"]

_Learned = TypeVar("_Learned", bound=Task)

Status = Literal["finished", "stopped", "interrupted"]
"""How a run ended: by itself, by `Control.stop`, or by Ctrl-C."""

Keep = Literal["last", "best"]
"""Whose weights a trained task has: those of the last step, or of the epoch that did best in validation."""


@dataclass(frozen=True)
class Fitted(Generic[_Learned]):
    """A run that is over: how it ended, the trained copy of the task, what happened, where its best weights are.

    `task` is in evaluation mode and holds the weights of the last step, or those after epoch `epoch` (from 0) where the
    best were to be kept and one was validated. `checkpoint` is the best epoch's by the task's `monitor` (the last
    epoch's without validation); None where no folder was given or no epoch was finished.
    """

    status: Status
    task: _Learned
    history: History
    checkpoint: Path | None
    epoch: int | None = None


def fit(
    task: _Learned, train: Iterable[Any], validation: Iterable[Any] | None = None, *, epochs: int,
    callbacks: Sequence[pl.Callback] = (), folder: Path | str | None = None, seed: int = 0, keep: Keep = "last",
    precision: Literal["32-true", "bf16-mixed", "16-mixed"] = "32-true",
) -> Fitted[_Learned]:  # fmt: skip
    """Trains a copy of a task with a plain Lightning Trainer and returns it, also after Ctrl-C.

    A network in evaluation mode, as a fitted one is, trains in training mode; single parts of a network in training
    mode keep theirs. Runs on an accelerator where Lightning finds one; torch's random state is put back after it.

    Args:
        task: what to train.
        train: batches as the task takes them, with a length: a leyden pipeline, a torch DataLoader or a list.
        validation: likewise; measured after every epoch.
        epochs: epochs of the whole run, 1 or more.
        callbacks: further Lightning callbacks in any order, or a `CallbackGraph`; a `History` among them is used.
        folder: where the best checkpoint goes; it is made, and what is in it is never overwritten.
        seed: seeds dropout and whatever else draws from torch's global generator.
        keep: "best" gives back the weights of the epoch that did best in validation, by the task's `monitor`.
        precision: Lightning's; a task may have one of its own.

    Returns:
        The trained copy with its history; after Ctrl-C too, its status then "interrupted".

    Raises:
        TrainError: no task, nothing to train on, or callbacks that cannot run together. What they or data raise passes.
    """
    task = _ready(task, train, epochs=epochs)
    best = _best(task, validation) if keep == "best" else None
    history = next((item for item in callbacks if isinstance(item, History)), History())
    keeper = _keeper(folder, monitor=task.monitor if validation is not None else None)
    heard = [history, *(item for item in (*callbacks, keeper, best) if item and item is not history)]
    with _quiet(), _seeded(seed), _interruptible():
        trainer = _trainer(_conducted(heard), epochs=epochs, precision=precision)
        interrupted = _run(trainer, task, train, validation)
    task.thaw_()
    kept = best.restore_(task) if best else None
    stopped: Status = "stopped" if any(isinstance(item, Control) and item.stopped for item in heard) else "finished"
    written = Path(keeper.best_model_path) if keeper and keeper.best_model_path else None
    return Fitted("interrupted" if interrupted else stopped, task.cpu().eval(), history, written, kept)


def validate(task: Task, batches: Iterable[Any]) -> dict[str, float]:
    """What a task logs when it is validated, by name: the scores that `fit` picks the best epoch by, without a run.

    The task and its modes are as before afterwards. Runs on an accelerator where Lightning finds one.

    Args:
        task: a trained task.
        batches: as the task takes them in validation.

    Raises:
        TrainError: it is no task, or there is not a single batch.

    Examples:
        >>> from leyden.train import Classifier, Tuning
        >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 2))
        >>> task = Classifier(net, ["a", "b"], tuning=Tuning(freeze=0))
        >>> sorted(validate(task, [(torch.zeros(4, 3, 1, 1), torch.zeros(4, dtype=torch.int64))]))
        ['val_accuracy', 'val_loss']
    """
    checked_task(task)
    if not len(cast("Sized", batches)):
        raise TrainError("no batch to validate on: the loader is empty")
    probe, device = task.replace(), next((weight.device for weight in task.parameters()), torch.device("cpu"))
    modes = [(module, module.training) for module in task.modules()]
    try:
        with _quiet():
            trainer = _trainer([], epochs=1, precision="32-true")
            trainer.validate(probe, _one_loader(batches), verbose=False)
    finally:
        task.to(device)
        for module, mode in modes:
            module.training = mode
    return {name: float(value) for name, value in trainer.callback_metrics.items()}


def _best(task: Task, validation: Iterable[Any] | None) -> BestWeights:
    if validation is None:
        raise TrainError("keep='best' picks an epoch by its validation: give validation batches, or keep='last'")
    return BestWeights(task.monitor)


def _ready(task: _Learned, train: Iterable[Any], *, epochs: int) -> _Learned:
    """A copy of the task that is fit to be trained."""
    checked_task(task)
    batches = len(cast("Sized", train))
    if epochs < 1 or not batches:
        raise TrainError(f"nothing to train on: {epochs} epoch(s) of {batches} batch(es)")
    task = copy.deepcopy(task)
    if not task.model.training:
        task.train()
    return task


def _run(trainer: pl.Trainer, task: Task, train: Iterable[Any], validation: Iterable[Any] | None) -> bool:
    """Whether the run was interrupted; Lightning turns Ctrl-C into SystemExit in the main thread."""
    try:
        trainer.fit(task, _one_loader(train), None if validation is None else _one_loader(validation))
    except (KeyboardInterrupt, SystemExit):
        return True
    return trainer.interrupted


def _one_loader(batches: Iterable[Any]) -> Iterable[Any]:
    """Lightning takes a list for several loaders; a list of batches is one."""
    if not isinstance(batches, list):
        return batches
    return DataLoader(cast("Dataset[Any]", batches), batch_size=None)


def _conducted(callbacks: Sequence[pl.Callback]) -> Sequence[pl.Callback]:
    """Callbacks with a conductor: that of a graph among them, which plans anew once all are there, or a new one."""
    return callbacks if any(isinstance(item, Conductor) for item in callbacks) else CallbackGraph(callbacks)


def _trainer(callbacks: Sequence[pl.Callback], *, epochs: int, precision: Any) -> pl.Trainer:
    return pl.Trainer(
        precision=precision,
        max_epochs=epochs,
        callbacks=list(callbacks),
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=any(isinstance(item, ModelCheckpoint) for item in callbacks),
        num_sanity_val_steps=0,
    )


def _keeper(folder: Path | str | None, *, monitor: str | None) -> ModelCheckpoint | None:
    if folder is None:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return ModelCheckpoint(Path(folder), filename="best", monitor=monitor, mode="max", save_weights_only=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning's greeting and its advice about files in the checkpoint folder are not the user's business."""
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning.pytorch")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Checkpoint directory .* exists and is not empty")
            warnings.filterwarnings("ignore", message="The '.*_dataloader' does not have many workers")
            warnings.filterwarnings("ignore", message="`isinstance\\(treespec, LeafSpec\\)` is deprecated")
            warnings.filterwarnings("ignore", message="You defined a `validation_step` but have no")
            warnings.filterwarnings("ignore", message="The number of training batches .* is smaller than the logging")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    """Puts the Ctrl-C handler back: Lightning leaves the signal ignored after an interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
