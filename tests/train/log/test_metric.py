import math

import pytest
import pytorch_lightning as pl
import torch
import torchmetrics

from leyden.train import Callback
from leyden.train.graph.access import writes


def saying(action, *paths, hook="on_train_batch_end"):
    """A callback that does one thing in one hook."""

    def act(self, trainer, pl_module, *args):
        action(trainer, pl_module, *args)

    return writes(*(paths or ("logged.x",)))(type("Saying", (Callback,), {hook: act}))()


def batch_number(args):
    return float(args[-1])


def log_step(trainer, pl_module, *args):
    pl_module.log("x", batch_number(args), on_step=True, on_epoch=False)


def log_epoch(trainer, pl_module, *args):
    pl_module.log("x", batch_number(args), on_step=False, on_epoch=True)


def log_both(trainer, pl_module, *args):
    pl_module.log("x", batch_number(args), on_step=True, on_epoch=True, prog_bar=True)


@pytest.mark.parametrize("act", [log_step, log_both])
def test_a_value_logged_in_each_step_is_shown_as_it_was_logged(changes, act):
    assert changes("logged.x", saying(act)) == [(1, None, 0.0), (2, 0.0, 1.0), (3, 1.0, 2.0), (4, 2.0, 3.0)]


def test_a_value_logged_for_the_epoch_is_shown_as_its_mean_so_far(changes):
    assert changes("logged.x", saying(log_epoch)) == [(1, None, 0.0), (2, 0.0, 0.5), (3, 0.5, 1.0), (4, 1.0, 1.5)]


@pytest.mark.parametrize(("kind", "expected"), [("max", [0, 1, 2, 3]), ("min", [0, 0, 0, 0]), ("sum", [0, 1, 3, 6])])
def test_other_reductions_are_shown_as_they_stand(changes, kind, expected):
    def act(trainer, pl_module, *args):
        pl_module.log("x", batch_number(args), on_step=False, on_epoch=True, reduce_fx=kind)

    assert [after for _, _, after in changes("logged.x", saying(act))] == expected


def test_the_next_epoch_begins_with_what_the_last_one_left(changes):
    found = changes("logged.x", saying(log_epoch), max_epochs=2)
    assert found[3:6] == [(4, 1.0, 1.5), (5, 1.5, 0.0), (6, 0.0, 0.5)]


def test_the_two_names_of_one_metric_are_seen_apart(follow):
    rows = follow(saying(log_both, "logged.x_step", "logged.x_epoch")).writes
    assert [row.after for row in rows if row.path == "logged.x_step"] == [0.0, 1.0, 2.0, 3.0]
    assert [row.after for row in rows if row.path == "logged.x_epoch"] == [0.0, 0.5, 1.0, 1.5]


def test_a_dictionary_of_values_is_seen_name_by_name(follow):
    def act(trainer, pl_module, *args):
        pl_module.log_dict({"x": 1.0, "sub/y": 2.0, "dotted.z": 3.0}, on_step=True)

    rows = follow(saying(act, "logged.x", "logged.sub/y", "logged.dotted.z")).writes
    assert [(row.path, row.after) for row in rows[:3]] == [
        ("logged.x", 1.0),
        ("logged.sub/y", 2.0),
        ("logged.dotted.z", 3.0),
    ]


def test_a_value_put_into_a_dictionary_of_the_trainer_is_seen(changes):
    for name in ("callback_metrics", "logged_metrics", "progress_bar_metrics"):

        def act(trainer, pl_module, *args, name=name):
            getattr(trainer, name)["x"] = torch.tensor(batch_number(args))

        assert changes("logged.x", saying(act)) == [(1, None, 0.0), (2, 0.0, 1.0), (3, 1.0, 2.0), (4, 2.0, 3.0)]


def test_a_tensor_in_a_dictionary_that_changes_in_place_is_seen(changes):
    def act(trainer, pl_module, *args):
        trainer.callback_metrics.setdefault("x", torch.tensor(0.0))
        trainer.callback_metrics["x"] += 1

    assert changes("logged.x", saying(act)) == [(1, None, 1.0), (2, 1.0, 2.0), (3, 2.0, 3.0), (4, 3.0, 4.0)]


def test_the_same_number_put_into_a_dictionary_again_is_no_change(changes):
    def act(trainer, pl_module, *args):
        trainer.callback_metrics["x"] = torch.tensor(5.0)

    assert changes("logged.x", saying(act)) == [(1, None, 5.0)]


def test_the_same_value_logged_again_is_a_change(changes):
    def act(trainer, pl_module, *args):
        pl_module.log("x", 5.0, on_step=True)

    assert changes("logged.x", saying(act)) == [(1, None, 5.0), (2, 5.0, 5.0), (3, 5.0, 5.0), (4, 5.0, 5.0)]


def test_a_value_that_is_not_a_number_stays_one(follow):
    def act(trainer, pl_module, *args):
        pl_module.log("x", float("nan"), on_step=True)
        trainer.callback_metrics["y"] = torch.tensor(float("nan"))

    rows = follow(saying(act, "logged.x", "logged.y")).writes
    assert [math.isnan(row.after) for row in rows] == [True] * len(rows)
    assert [row.path for row in rows] == ["logged.x", "logged.y", "logged.x", "logged.x", "logged.x"]


def test_several_elements_in_a_dictionary_are_a_change_without_values(changes):
    def act(trainer, pl_module, *args):
        trainer.callback_metrics["x"] = torch.zeros(3)

    assert changes("logged.x", saying(act))[0] == (1, None, None)


def test_what_lightning_itself_puts_into_its_dictionaries_is_nobodys_write(follow):
    class Task(Stepwise):
        pass

    def look(trainer, pl_module, *args):
        assert trainer.callback_metrics["x"] is not None
        assert trainer.logged_metrics["x"] is not None
        assert trainer.progress_bar_metrics["x"] is not None

    assert follow(saying(look), task=Task()).writes == ()


def test_looking_changes_nothing_that_lightning_keeps(follow):
    """What Lightning's own properties do (they compute, and merge into the dictionaries) does not happen."""

    def act(trainer, pl_module, *args):
        kept = trainer._logger_connector
        assert kept._callback_metrics.get("x") is None or args[-1] > 0

    follow(saying(act), task=Stepwise())


class Stepwise(pl.LightningModule):
    """Logs the number of the batch."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.accuracy = torchmetrics.MeanMetric()

    def training_step(self, batch, batch_idx):
        self.log("x", float(batch_idx), prog_bar=True)
        return self.layer(batch[0]).mean()

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        return None

    test_step = validation_step

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def test_a_callback_that_overrides_what_the_task_logged_is_caught(changes):
    def act(trainer, pl_module, *args):
        trainer.callback_metrics["x"] = torch.tensor(-1.0)

    found = changes("logged.x", saying(act), task=Stepwise())
    assert [after for _, _, after in found] == [-1.0] * 4


def test_a_torchmetrics_object_shows_its_last_value_where_it_has_one(changes):
    def act(trainer, pl_module, *args):
        pl_module.accuracy(batch_number(args))
        pl_module.log("x", pl_module.accuracy, on_step=True, on_epoch=True, metric_attribute="accuracy")

    assert [after for _, _, after in changes("logged.x", saying(act), task=Stepwise())] == [0.0, 1.0, 2.0, 3.0]


def test_a_torchmetrics_object_that_only_gathers_shows_that_it_was_logged(changes):
    def act(trainer, pl_module, *args):
        pl_module.accuracy.update(batch_number(args))
        pl_module.log("x", pl_module.accuracy, on_step=False, on_epoch=True, metric_attribute="accuracy")

    found = changes("logged.x", saying(act), task=Stepwise())
    assert found == [(1, None, None), (2, None, None), (3, None, None), (4, None, None)]


def test_validation_by_several_loaders_says_which(follow):
    def act(trainer, pl_module, outputs, batch, batch_idx, dataloader_idx=0):
        pl_module.log("x", float(10 * dataloader_idx + batch_idx), on_step=True, on_epoch=False)

    rows = follow(saying(act, hook="on_validation_batch_end"), verb="validate", validation=(1, 2)).writes
    assert [(row.step, row.path, row.after) for row in rows] == [
        (1, "logged.x/dataloader_idx_0", 0.0),
        (2, "logged.x/dataloader_idx_1", 10.0),
        (3, "logged.x/dataloader_idx_1", 11.0),
    ]


@pytest.mark.parametrize("verb", ["validate", "test"])
def test_runs_without_training_are_seen(changes, verb):
    stage = {"validate": "validation", "test": "test"}[verb]

    def act(trainer, pl_module):
        pl_module.log("x", 0.25)

    callback = saying(act, hook=f"on_{stage}_epoch_end")
    assert changes("logged.x", callback, verb=verb, task=Stepwise()) == [(4, None, 0.25)]


def test_values_logged_in_the_check_before_training_are_seen(follow):
    def act(trainer, pl_module):
        pl_module.log("x", 0.25)

    rows = follow(
        saying(act, hook="on_validation_epoch_end"), validation=(2,), num_sanity_val_steps=1, task=Stepwise()
    ).writes
    assert [(row.step, row.after) for row in rows] == [(0, 0.25), (4, 0.25)]


def test_a_torchmetrics_object_that_was_not_logged_again_has_no_row(changes):
    def act(trainer, pl_module, *args):
        if args[-1] == 0:
            pl_module.accuracy(3.0)
            pl_module.log("x", pl_module.accuracy, on_step=True, metric_attribute="accuracy")

    assert changes("logged.x", saying(act), task=Stepwise()) == [(1, None, 3.0)]


def test_a_name_with_step_behind_it_is_another_one_where_lightning_does_not_make_two(follow):
    assert follow(saying(log_step, "logged.x_step", "logged.x_epoch")).writes == ()


@pytest.mark.parametrize("options", [{}, {"on_step": True}, {"on_step": True, "on_epoch": False}, {"reduce_fx": "max"}])
def test_lightning_puts_other_tensors_in_the_place_of_a_metrics_and_leaves_them_as_they_are(follow, options):
    """The log takes references in a step, and reads them many steps later."""
    kept = []

    def act(trainer, pl_module, *args):
        pl_module.log("x", batch_number(args), **{"on_step": False, "on_epoch": True, **options})
        parts = vars(trainer.fit_loop.epoch_loop._results["on_train_batch_end.x"])
        tensors = [parts.get(name) for name in ("value", "_forward_cache", "cumulated_batch_size")]
        kept.extend((tensor, tensor._version, tensor.item()) for tensor in tensors if tensor is not None)

    follow(saying(act), max_epochs=2)
    assert len(kept) >= 8
    assert all((tensor._version, tensor.item()) == (version, number) for tensor, version, number in kept)


def test_a_logged_value_that_is_changed_in_place_later_is_not_read_as_something_else(changes):
    def act(trainer, pl_module, *args):
        pl_module.log("x", batch_number(args), on_step=True, on_epoch=False)
        if args[-1] == 2:
            trainer.fit_loop.epoch_loop._results["on_train_batch_end.x"]._forward_cache.add_(100)

    def spoil(trainer, pl_module, *args):
        if args[-1] == 1:
            trainer.fit_loop.epoch_loop._results["on_train_batch_end.x"]._forward_cache.add_(100)

    first, second = saying(act), saying(spoil, "logged.y", hook="on_train_batch_start")
    assert changes("logged.x", first, second) == [(1, None, None), (2, 100.0, 1.0), (3, 1.0, 102.0), (4, 102.0, 3.0)]


def test_in_validation_a_number_is_read_at_once_for_nobody_counts_changes_there(changes):
    def act(trainer, pl_module, outputs, batch, batch_idx, dataloader_idx=0):
        pl_module.log("x", float(batch_idx), on_step=True, on_epoch=False)

    def spoil(trainer, pl_module, batch, batch_idx, dataloader_idx=0):
        if batch_idx == 1:
            trainer.validate_loop._results["on_validation_batch_end.x"]._forward_cache.add_(100)

    first = saying(act, hook="on_validation_batch_end")
    second = saying(spoil, "logged.y", hook="on_validation_batch_start")
    found = changes("logged.x", first, second, verb="validate", validation=(2,), task=Stepwise())
    assert found == [(1, None, 0.0), (2, 100.0, 1.0)]


def test_a_metric_that_is_known_is_still_seen_apart_from_its_reset(changes):
    def act(trainer, pl_module, *args):
        if trainer.current_epoch != 1:
            pl_module.log("x", 1.0 + args[-1], on_step=False, on_epoch=True, reduce_fx="sum")

    found = changes("logged.x", saying(act), max_epochs=3)
    assert [after for _, _, after in found] == [1.0, 3.0, 6.0, 10.0, 1.0, 3.0, 6.0, 10.0]
    assert [step for step, _, _ in found] == [1, 2, 3, 4, 9, 10, 11, 12]
