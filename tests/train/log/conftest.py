"""Real Lightning fits of a line, whose callbacks' hooks are watched and noted as a graph does it."""

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader

from leyden.train.graph.access import access_of
from leyden.train.log import RunLog

QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "max_epochs": 1,
}
HOOKS = [name for name in vars(pl.Callback) if name.startswith("on_") and name != "on_exception"]


class Line(pl.LightningModule):
    """Four batches of y = 2x; logs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)
        self.alpha = 0.5

    def training_step(self, batch, batch_idx):
        return ((self.layer(batch[0]) - batch[1]) ** 2).mean()

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        return None

    test_step = validation_step

    def predict_step(self, batch, batch_idx, dataloader_idx=0):
        return self.layer(batch[0])

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def loader(batches: int = 4) -> DataLoader[Any]:
    inputs = torch.linspace(0, 1, 2 * batches).view(batches, 2, 1)
    return DataLoader([(one, 2 * one) for one in inputs], batch_size=None)


def overridden(callback: pl.Callback) -> list[str]:
    return [name for name in HOOKS if getattr(type(callback), name) is not getattr(pl.Callback, name)]


def put_agents(log: RunLog, callbacks: Sequence[pl.Callback]) -> None:
    """Starts a run, and puts what a graph puts in the place of each hook."""
    log.start([type(callback).__name__ for callback in callbacks], [access_of(callback) for callback in callbacks])
    for number, callback in enumerate(callbacks):
        for hook in overridden(callback):
            setattr(callback, hook, agent(log, number, hook, getattr(type(callback), hook).__get__(callback)))


def agent(log: RunLog, number: int, hook: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def act(trainer, pl_module, *args, **kwargs):
        before = log.watch(number, trainer, pl_module)
        start = time.perf_counter()
        original(trainer, pl_module, *args, **kwargs)
        log.note(number, hook, start, time.perf_counter() - start, before, trainer, pl_module)

    return act


@pytest.fixture
def line():
    """The class of the task, to derive from."""
    return Line


@pytest.fixture
def follow():
    """Fits a line (or a given task) with callbacks, and gives the log: follow(A(), B(), max_epochs=2).

    `validation` is the number of batches of each loader.
    """

    def run(
        *callbacks: pl.Callback,
        log: RunLog | None = None,
        task: pl.LightningModule | None = None,
        verb: str = "fit",
        validation: Sequence[int] = (),
        **options: Any,
    ) -> RunLog:
        log = RunLog() if log is None else log
        put_agents(log, callbacks)
        trainer = pl.Trainer(**{**QUIET, "num_sanity_val_steps": 0, **options}, callbacks=list(callbacks))
        task = Line() if task is None else task
        loaders = [loader(batches) for batches in validation] or None
        with warnings.catch_warnings():  # Lightning's advice about loaders and loggers
            warnings.filterwarnings("ignore", message="You defined a `validation_step` but have no")
            warnings.filterwarnings("ignore", message=".* does not have many workers")
            warnings.filterwarnings("ignore", message=".* but have no logger configured")
            if verb == "fit":
                trainer.fit(task, loader(), loaders)
            else:
                getattr(trainer, verb)(task, loaders or loader())
        return log

    return run


@pytest.fixture
def changes(follow):
    """The same, and only (step, before, after) of what was written to a path."""

    def run(path: str, *callbacks: pl.Callback, **options: Any) -> list[tuple[Any, ...]]:
        writes = follow(*callbacks, **options).writes
        return [(row.step, row.before, row.after) for row in writes if row.path == path]

    return run
