import math

import numpy as np
import pytest
import torch

from leyden.train import Callback
from leyden.train.graph.access import Access, writes
from leyden.train.log.probe import together
from leyden.train.log.watching import probes_of


def test_a_rate_set_by_a_callback_is_seen_before_and_after(changes):
    @writes("optimizer.lr")
    class Halve(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"] *= 0.5

    assert changes("optimizer.lr", Halve()) == [
        (1, 0.1, 0.05),
        (2, 0.05, 0.025),
        (3, 0.025, 0.0125),
        (4, 0.0125, 0.00625),
    ]


def test_a_rate_that_is_set_to_what_it_was_is_no_change(changes):
    @writes("optimizer.lr")
    class Keep(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"] = 0.1

    assert changes("optimizer.lr", Keep()) == []


def test_a_rate_that_is_not_a_number_is_a_change_once(changes):
    @writes("optimizer.lr")
    class Break(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"] = float("nan")

    ((step, before, after),) = changes("optimizer.lr", Break())
    assert (step, before) == (1, 0.1)
    assert math.isnan(after)


def test_a_rate_in_a_tensor_is_seen_when_it_changes_in_place(changes, line):
    class Task(line):
        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=torch.tensor(0.5))

    @writes("optimizer.lr")
    class Halve(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"].mul_(0.5)

    assert changes("optimizer.lr", Halve(), task=Task())[:2] == [(1, 0.5, 0.25), (2, 0.25, 0.125)]


@pytest.fixture
def two_optimizers(line):
    """Two optimizers, of two groups and of one."""

    class Task(line):
        def __init__(self):
            super().__init__()
            self.automatic_optimization = False

        def training_step(self, batch, batch_idx):
            for optimizer in self.optimizers():
                optimizer.zero_grad()
                self.manual_backward(self.layer(batch[0]).mean())
                optimizer.step()

        def configure_optimizers(self):
            groups = [{"params": [self.layer.weight], "lr": 0.1}, {"params": [self.layer.bias], "lr": 0.2}]
            return [torch.optim.SGD(groups, lr=1.0), torch.optim.Adam(self.parameters(), lr=0.3)]

    return Task()


def test_every_group_of_every_optimizer_has_its_own_row(follow, two_optimizers):
    @writes("optimizer.lr")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            first, second = trainer.optimizers
            if batch_idx == 1:
                first.param_groups[1]["lr"] = 0.02
            if batch_idx == 2:
                first.param_groups[0]["lr"] = second.param_groups[0]["lr"] = 0.5

    rows = follow(Change(), task=two_optimizers).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (2, "optimizer.lr.0.1", 0.2, 0.02),
        (3, "optimizer.lr.0.0", 0.1, 0.5),
        (3, "optimizer.lr.1.0", 0.3, 0.5),
    ]


def test_groups_that_come_and_go_are_seen(follow, two_optimizers):
    @writes("optimizer.lr")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            first = trainer.optimizers[0]
            if batch_idx == 1:
                extra = torch.nn.Parameter(torch.zeros(1))
                first.add_param_group({"params": [extra], "lr": 0.7})
            if batch_idx == 2:
                del first.param_groups[1:]

    rows = follow(Change(), task=two_optimizers).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (2, "optimizer.lr.0.2", None, 0.7),
        (3, "optimizer.lr.0.1", 0.2, None),
        (3, "optimizer.lr.0.2", 0.7, None),
    ]


def test_other_keys_of_a_group_are_seen(follow, two_optimizers):
    @writes("optimizer.betas", "optimizer.weight_decay", "optimizer.no_such_key")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            group = trainer.optimizers[1].param_groups[0]
            group["betas"] = (0.5 if batch_idx == 0 else 0.8, 0.999)
            group["weight_decay"] = 0.01

    rows = follow(Change(), task=two_optimizers).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (1, "optimizer.betas.1.0", (0.9, 0.999), (0.5, 0.999)),
        (1, "optimizer.weight_decay.1.0", 0, 0.01),
        (2, "optimizer.betas.1.0", (0.5, 0.999), (0.8, 0.999)),
    ]


def test_attributes_of_the_trainer_are_seen(follow):
    @writes("trainer.should_stop", "trainer.accumulate_grad_batches", "trainer.fit_loop.max_epochs")
    class Change(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            if batch_idx == 1:
                trainer.accumulate_grad_batches = 4
                trainer.fit_loop.max_epochs = 7
            if batch_idx == 2:
                trainer.should_stop = True

    rows = follow(Change()).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (2, "trainer.accumulate_grad_batches", 1, 4),
        (2, "trainer.fit_loop.max_epochs", 1, 7),
        (3, "trainer.should_stop", False, True),
    ]
    assert rows[2].after is True


def test_attributes_of_the_task_are_seen_from_none_to_something(follow):
    @writes("model.alpha", "model.training", "model.fresh")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            if batch_idx == 0:
                pl_module.alpha = np.float32(0.25)
                pl_module.fresh = "new"
            if batch_idx == 3:
                pl_module.eval()

    rows = follow(Change()).writes
    assert [(row.step, row.path, row.before, row.after) for row in rows] == [
        (1, "model.alpha", 0.5, 0.25),
        (1, "model.fresh", None, "new"),
        (4, "model.training", True, False),
    ]
    assert type(rows[0].after) is float


def test_what_is_too_large_to_show_has_a_row_a_call(follow):
    @writes("model.table", "model.parameters", "logger")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            pl_module.table = list(range(100))

    log = follow(Change())
    assert [(row.step, row.path, row.before, row.after) for row in log.writes[:6]] == [
        (1, "model.table", None, None),
        (1, "model.parameters", None, None),
        (1, "logger", None, None),
        (2, "model.table", None, None),
        (2, "model.parameters", None, None),
        (2, "logger", None, None),
    ]
    assert [(row.step, row.path) for row in log.changes] == [(step, "model.table") for step in (1, 2, 3, 4)]


def test_of_a_whole_optimizer_the_rates_are_seen(follow):
    @writes("optimizer")
    class Change(Callback):
        def on_train_start(self, trainer, pl_module):
            trainer.optimizers[0].param_groups[0].update(lr=0.5, momentum=0.9)

    assert [(row.path, row.before, row.after) for row in follow(Change()).writes] == [
        ("optimizer.lr", 0.1, 0.5),
        ("optimizer.momentum", 0, 0.9),
        ("optimizer", None, None),
    ]


def test_a_property_that_cannot_be_read_yet_does_not_stop_a_run(follow, line):
    class Task(line):
        @property
        def ratio(self):
            raise RuntimeError("not set up")

    @writes("model.ratio")
    class Change(Callback):
        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            pass

    assert follow(Change(), task=Task()).writes == ()


def test_what_other_callbacks_keep_is_seen_one_by_one(follow):
    class Store(Callback):
        def __init__(self, value):
            self.value = value

    @writes("callback.Store.value", "callback.Nobody.value")
    class Change(Callback):
        def on_train_start(self, trainer, pl_module):
            for callback in trainer.callbacks:
                if isinstance(callback, Store):
                    callback.value += 1

    rows = follow(Store(1), Change()).writes
    assert [(row.path, row.before, row.after) for row in rows] == [("callback.Store.value", 1, 2)]
    rows = follow(Store(1), Change(), Store(5)).writes
    assert [(row.path, row.before, row.after) for row in rows] == [
        ("callback.Store.value.0", 1, 2),
        ("callback.Store.value.1", 5, 6),
    ]


def test_schedulers_are_seen(follow, line):
    class Task(line):
        def configure_optimizers(self):
            optimizer = super().configure_optimizers()
            return [optimizer], [torch.optim.lr_scheduler.ConstantLR(optimizer)]

    @writes("scheduler.factor", "scheduler.base_lrs")
    class Change(Callback):
        def on_train_start(self, trainer, pl_module):
            scheduler = trainer.lr_scheduler_configs[0].scheduler
            scheduler.factor = 0.5
            scheduler.base_lrs = [0.2]

    rows = follow(Change(), task=Task()).writes
    assert [(row.path, row.before, row.after) for row in rows] == [
        ("scheduler.factor", pytest.approx(1 / 3), 0.5),
        ("scheduler.base_lrs", (0.1,), (0.2,)),
    ]


def test_one_probe_alone_stays_what_it_is():
    (probe,) = probes_of(Access(writes=("optimizer.lr",)))
    assert together([probe]) is probe
    assert together([]) is None
