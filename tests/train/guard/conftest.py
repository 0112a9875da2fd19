from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader

from leyden.train.graph.access import Access
from leyden.train.guard import Guard


class Small(pl.LightningModule):
    """Two layers with normalisation between them, a scheduler, a metric and some attributes of its own."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        self.parts = nn.ModuleDict({"one": nn.ReLU()})
        self.alpha = 0.5
        self.seen = [torch.zeros(2), torch.ones(2)]
        self.notes = {"colour": "red"}
        self.middle = torch.zeros(2)

    def training_step(self, batch, batch_idx):
        loss = self.net(batch["image"]).mean()
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1)]


class Other(pl.Callback):
    """What a guarded callback may or may not see of another."""

    def __init__(self):
        self.count = 7

    def tell(self):
        return self.count


class Probe(pl.Callback):
    """Calls a test from inside of a real hook."""

    def __init__(self, act):
        self.act = act

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.act(trainer, pl_module, outputs, batch)


@pytest.fixture
def batch():
    return {"image": torch.arange(12.0).reshape(4, 3), "label": torch.arange(4)}


@pytest.fixture
def run(batch, tmp_path):
    """Calls a function with (trainer, task, outputs, batch) inside of `on_train_batch_end` of a one-step fit."""

    def begin(act, *more, logger=False):
        torch.manual_seed(0)
        quiet = {"enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
        trainer = pl.Trainer(
            max_steps=1,
            log_every_n_steps=1,
            accelerator="cpu",
            logger=logger,
            callbacks=[Probe(act), *more],
            default_root_dir=tmp_path,
            **quiet,
        )
        trainer.fit(Small(), DataLoader([batch], batch_size=None))
        return trainer

    return begin


@pytest.fixture
def look(run):
    """Opens a hook of a guard over a run that stands at the end of its only step.

    Called with what the callback declares; used as a context that gives (trainer, task, outputs, batch) as it sees
    them, then the real ones under `.real`.
    """
    kept = SimpleNamespace()

    def keep(trainer, task, outputs, batch):
        # The loss was computed with a graph; what a hook gets is detached by Lightning already.
        kept.trainer, kept.task, kept.outputs, kept.batch = trainer, task, outputs, batch
        kept.metrics = dict(trainer.callback_metrics)

    @contextmanager
    def opened(*, reads=(), writes=(), hook="on_train_batch_end", name="Mine", declared=True, callback=None):
        if not hasattr(kept, "trainer"):
            run(keep, Other())
        guard = Guard(name, Access(tuple(reads), tuple(writes), declared=declared), callback=callback)
        given = (kept.outputs, kept.batch, 0)
        with guard.hook(hook, kept.trainer, kept.task, given, {}) as (trainer, task, args, _):
            yield SimpleNamespace(trainer=trainer, task=task, outputs=args[0], batch=args[1], guard=guard, real=kept)

    return opened
