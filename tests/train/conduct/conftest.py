import pytest
import pytorch_lightning as pl
import torch

from leyden.train.graph import reads, writes


@reads("trainer.global_step")
@writes("optimizer.lr")
class WarmUp(pl.Callback):
    """The rate of every step, from a quarter to the whole."""

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = 0.1 * min(1, (trainer.global_step + 1) / 4)


@reads("logged.smooth_loss")
@writes("optimizer.lr")
class Brake(pl.Callback):
    """Halves the rate where the smooth loss is high."""

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        if float(trainer.callback_metrics.get("smooth_loss", 1.0)) > 0.5:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] *= 0.5


@reads("outputs.loss")
@writes("logged.smooth_loss")
class Smooth(pl.Callback):
    def __init__(self):
        self.mean = None

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        loss = outputs["loss"].detach()
        self.mean = loss if self.mean is None else 0.8 * self.mean + 0.2 * loss
        pl_module.log("smooth_loss", self.mean)


@reads("logged.smooth_loss", "optimizer.lr")
class Recorder(pl.Callback):
    def __init__(self):
        self.rows = []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self.rows.append((float(trainer.callback_metrics.get("smooth_loss", -1.0)), rate))


class Task(pl.LightningModule):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.net = torch.nn.Linear(3, 1)

    def training_step(self, batch, batch_idx):
        images, labels = batch
        loss = torch.nn.functional.mse_loss(self.net(images), labels)
        self.log("train_loss", loss)
        return {"loss": loss}

    def validation_step(self, batch, batch_idx):
        images, labels = batch
        self.log("val_loss", torch.nn.functional.mse_loss(self.net(images), labels))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)


class Batches:
    """Batches of numbers, as one loader (a list would be several to Lightning)."""

    def __init__(self, count):
        values = torch.randn(4 * count, 3, generator=torch.Generator().manual_seed(1))
        self.batches = list(zip(values.split(4), values.sum(1, keepdim=True).split(4), strict=True))

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        return iter(self.batches)


class Kit:
    """What the tests of this room are made of."""

    WarmUp, Brake, Smooth, Recorder, Task = WarmUp, Brake, Smooth, Recorder, Task

    @staticmethod
    def batches(count=4):
        return Batches(count)

    @staticmethod
    def trainer(callbacks, **more):
        quiet = {
            "logger": False,
            "enable_checkpointing": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
        }
        return pl.Trainer(**{"max_epochs": 1, "accelerator": "cpu", "callbacks": callbacks, **quiet, **more})

    @staticmethod
    def fit(callbacks, *, task=None, data=None, **more):
        task = task or Task()
        trainer = Kit.trainer(callbacks, **more)
        trainer.fit(task, Kit.batches() if data is None else data, Kit.batches(1))
        return trainer, task


@pytest.fixture
def kit():
    return Kit
