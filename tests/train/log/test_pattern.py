import pytest
import torch
from pytorch_lightning.callbacks import LearningRateMonitor
from pytorch_lightning.loggers import CSVLogger

from leyden.train import Callback
from leyden.train.graph.access import declare, writes


@pytest.fixture
def talkative(line):
    """A task that logs two names itself."""

    class Task(line):
        def training_step(self, batch, batch_idx):
            self.log_dict({"val_own": 1.0, "loss": 2.0}, on_step=True)
            return super().training_step(batch, batch_idx)

    return Task()


def test_each_name_that_a_pattern_stands_for_has_its_own_rows(follow, talkative):
    @writes("logged.val_*")
    class Change(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            if batch_idx == 1:
                pl_module.log_dict({"val_a": 1.0, "val_b": 2.0, "other": 3.0}, on_step=True)
            if batch_idx == 2:
                trainer.callback_metrics["val_a"] = torch.tensor(5.0)

    rows = follow(Change(), task=talkative).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (2, "logged.val_a", None, 1.0),
        (2, "logged.val_b", None, 2.0),
        (3, "logged.val_a", 1.0, 5.0),
    ]


def test_what_the_task_logged_is_nobodys_write(follow, talkative):
    @writes("logged")
    class Change(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            assert {"val_own", "loss"} <= set(trainer.callback_metrics)

    log = follow(Change(), task=talkative, max_epochs=2)
    assert (log.writes, len(log)) == ((), 8)


def test_both_names_that_lightning_makes_of_one_are_seen(follow):
    @writes("logged.x*")
    class Change(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            pl_module.log("x", float(batch_idx), on_step=True, on_epoch=True)

    rows = [(row.path, row.after) for row in follow(Change()).writes if row.step == 4]
    assert sorted(rows) == [("logged.x", 3.0), ("logged.x_step", 3.0)]


def test_lightnings_monitor_of_rates_is_seen(follow, line, tmp_path):
    class Task(line):
        def configure_optimizers(self):
            optimizer = super().configure_optimizers()
            return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)]

    class Monitor(LearningRateMonitor):
        pass

    Monitor.on_train_epoch_start = lambda self, *args: LearningRateMonitor.on_train_epoch_start(self, *args)
    declare(Monitor, writes=["logged.lr-*", "logger"])
    log = follow(Monitor("epoch"), task=Task(), max_epochs=3, logger=CSVLogger(tmp_path), log_every_n_steps=1)
    assert [(row.step, row.path, row.before, row.after) for row in log.changes] == [
        (0, "logged.lr-SGD", None, pytest.approx(0.1)),
        (4, "logged.lr-SGD", pytest.approx(0.1), pytest.approx(0.05)),
        (8, "logged.lr-SGD", pytest.approx(0.05), pytest.approx(0.025)),
    ]
