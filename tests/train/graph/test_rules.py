"""Rules: conflicts, missing writers, and Lightning's own order."""

import pytest
import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping, LearningRateFinder, ModelCheckpoint

from leyden.train.graph.access import declare, reads, writes
from leyden.train.graph.planning import plan
from leyden.train.graph.resolution import resolve


@writes("optimizer.lr")
class LrA(pl.Callback): ...


@writes("optimizer.*")
class LrB(pl.Callback): ...


class Task(pl.LightningModule):
    def training_step(self, batch):
        self.log("train_loss", batch, on_step=True, on_epoch=True)

    def validation_step(self, batch):
        self.log("val_loss", batch)


def watch(*read, write=()):
    callback = pl.Callback()
    declare(callback, reads=read, writes=write)
    return callback


def test_two_writers_of_one_path_are_told_with_the_path_both_names_and_the_line_to_write():
    (fault,) = plan([LrB(), LrA()]).faults
    assert (fault.kind, fault.callbacks, fault.paths) == ("write conflict", ("LrA", "LrB"), ("optimizer.lr",))
    assert fault.mend == "resolve(LrA, LrB, first=LrA)"
    assert not plan([LrB(), LrA()], eval(fault.mend, {"resolve": resolve, "LrA": LrA, "LrB": LrB})).faults


def test_two_callbacks_of_one_class_are_resolved_by_themselves():
    one, other = LrA(), LrA()
    (fault,) = plan([one, other]).faults
    assert fault.callbacks == ("LrA", "LrA 2")
    assert "resolve(one, other, first=one)" in fault.mend
    assert not plan([one, other], resolve(one, other, first=other)).faults


def test_early_stopping_and_another_that_only_raises_the_flag_do_not_clash():
    assert not plan([EarlyStopping("val_loss"), watch(write=["trainer.should_stop"])]).faults


def test_a_tuner_and_a_schedule_do_not_clash_because_lightning_runs_tuners_first():
    made = plan([LrA(), LearningRateFinder()])
    assert not made.faults
    assert [node.name for node in made.nodes] == ["LearningRateFinder", "LrA"]


def test_one_who_reads_what_a_checkpoint_keeps_is_told_that_checkpoints_run_last():
    reader = watch("callback.ModelCheckpoint.best_model_path")
    (fault,) = plan([reader, ModelCheckpoint()]).faults
    assert fault.kind == "lightning rule"
    assert "Lightning runs checkpoints last" in fault.message
    assert not plan([reader, ModelCheckpoint()], resolve(reader, ModelCheckpoint, first=reader)).faults


def test_a_resolution_against_lightnings_order_is_told():
    (fault,) = plan([LrA(), ModelCheckpoint()], resolve(LrA, ModelCheckpoint, first=ModelCheckpoint)).faults
    assert fault.kind == "lightning rule"
    assert "LrA must run after ModelCheckpoint (resolve)" in fault.message


def test_one_who_reads_the_flag_of_early_stopping_at_the_end_of_an_epoch_is_told():
    @reads("trainer.should_stop")
    class Tell(pl.Callback):
        def on_train_epoch_end(self, trainer, pl_module): ...

    (fault,) = plan([Tell(), EarlyStopping("val_loss")]).faults
    assert fault.kind == "lightning rule"
    assert "early stopping after all others when an epoch" in fault.message
    calm = plan([watch("trainer.should_stop"), EarlyStopping("val_loss")])
    assert not calm.faults
    assert [node.name for node in calm.nodes] == ["EarlyStopping", "Callback"]


@pytest.mark.parametrize(
    "path",
    ["logged.val_loss", "logged.train_loss", "logged.train_loss_epoch", "logged.val_loss/dataloader_idx_0", "logged.*"],
)
def test_what_the_task_logs_may_be_read(path):
    assert not plan([watch(path)], task=Task()).faults


def test_a_checkpoint_may_watch_the_epoch_and_the_step():
    assert not plan([ModelCheckpoint(monitor="step"), ModelCheckpoint(monitor="epoch", mode="max")], task=Task()).faults


def test_what_nobody_logs_is_told_with_the_closest_name():
    (fault,) = plan([watch("logged.val_los")], task=Task()).faults
    assert fault.kind == "missing writer"
    assert "did you mean 'logged.val_loss'?" in fault.message


def test_without_a_task_it_is_left_open_and_said():
    made = plan([EarlyStopping("val_los")])
    assert not made.faults
    assert any("'logged.val_los'" in told and "checked once the task is known" in told for told in made.notices)


def test_a_task_that_makes_up_names_leaves_it_open_too():
    class Vague(pl.LightningModule):
        def training_step(self, batch):
            for name, value in batch.items():
                self.log(name, value)

    made = plan([watch("logged.x")], task=Vague())
    assert not made.faults
    assert any("its source does not show" in told for told in made.notices)


def test_a_reader_of_a_callback_that_is_not_there_is_told():
    (fault,) = plan([watch("callback.LrC.rate"), LrA()]).faults
    assert fault.message == "Callback reads 'callback.LrC.rate', but there is no LrC; did you mean LrA?"
    (fault,) = plan([watch("callback.History")]).faults
    assert fault.message.endswith("there is no History: add a History to the callbacks")
