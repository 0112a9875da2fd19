"""The conductor: at rest, at work, and afterwards."""

import pytest
import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train import CallbackGraph


def test_a_conductor_says_whether_it_is_at_work(kit):
    class Tell(pl.Callback):
        def on_train_start(self, trainer, pl_module):
            self.told = repr(trainer.callbacks[0])

    tell = Tell()
    graph = CallbackGraph([tell])
    assert repr(graph[0]) == "Conductor(at rest)"
    kit.fit(graph)
    assert tell.told == "Conductor(of 1 callbacks)"
    assert repr(graph[0]) == "Conductor(at rest)"


def test_a_graph_at_work_does_not_go_into_a_second_run(kit):
    class Again(pl.Callback):
        told = ""

        def on_train_start(self, trainer, pl_module):
            with pytest.raises(TrainError) as error:
                kit.fit(graph)
            self.told = str(error.value)

        def on_train_end(self, trainer, pl_module): ...

    again = Again()
    graph = CallbackGraph([again])
    kit.fit(graph)
    assert again.told == "this callback graph is at work in another run: make a second one for a second run"
    assert [event.hook for event in graph.log.events] == ["on_train_start", "on_train_end"]


def test_lightning_passes_over_the_hooks_that_a_conductor_does_not_have(kit):
    conductor = CallbackGraph([])[0]
    assert conductor.on_train_batch_end is None
    assert callable(conductor.on_fit_start)
    assert callable(conductor.on_save_checkpoint)
    assert kit.fit(CallbackGraph([]))[0].global_step == 4


def test_the_order_is_lightnings_where_lightning_has_one(kit, tmp_path):
    class Tuned(kit.Task):
        lr = 0.1

    finder = pl.callbacks.LearningRateFinder(num_training_steps=3, early_stop_threshold=None, update_attr=False)
    keeper, stop = pl.callbacks.ModelCheckpoint(tmp_path), pl.callbacks.EarlyStopping("val_loss")
    graph = CallbackGraph([keeper, stop, kit.Smooth(), finder])
    trainer, _ = kit.fit(graph, task=Tuned(), enable_checkpointing=True, default_root_dir=tmp_path)
    assert [type(item).__name__ for item in trainer.callbacks] == [
        "LearningRateFinder", "Conductor", "Smooth", "EarlyStopping", "ModelCheckpoint",
    ]  # fmt: skip
