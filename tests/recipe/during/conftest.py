import logging
import warnings

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader

from recipe.during.tasks import Small


@pytest.fixture(autouse=True)
def _quiet():
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


@pytest.fixture
def small():
    """Make the same task at each call, of any class of tasks without settings."""

    def make(kind=Small):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return kind()

    return make


@pytest.fixture
def batches():
    generator = torch.Generator().manual_seed(1)
    points = torch.randn(16, 6, generator=generator)
    return list(zip(points.split(4), (points.sum(1) > 0).long().split(4), strict=True))


@pytest.fixture
def run(batches):
    """Train a task with callbacks; gives the Trainer."""

    def fit(task, callbacks, *, epochs=2, resume=None, alike=False, **settings):
        # a plain loader starts from its first batch when a run resumes within an epoch
        data = batches[:1] * len(batches) if alike else batches
        keeps = any(isinstance(item, ModelCheckpoint) for item in callbacks)
        trainer = pl.Trainer(
            max_epochs=epochs,
            callbacks=callbacks,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=keeps,
            enable_progress_bar=False,
            enable_model_summary=False,
            **settings,
        )
        with warnings.catch_warnings():  # Lightning's advice, not what is tested
            warnings.filterwarnings("ignore", message="Be aware that when using `ckpt_path`, callbacks")
            warnings.filterwarnings("ignore", message="Checkpoint directory .* exists and is not empty")
            warnings.filterwarnings("ignore", message="You're resuming from a checkpoint that ended before the epoch")
            trainer.fit(task, DataLoader(data, batch_size=None), ckpt_path=resume)
        return trainer

    return fit
