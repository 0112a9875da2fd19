"""Callback graphs in real runs: order, silent bugs gone, Lightning's own rules, copies."""

import copy
import itertools
import pickle
import threading

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint

from leyden.errors import AccessError, GraphError, TrainError
from leyden.train import CallbackGraph, Control, Dask, History, Threads, declare, reads, resolve, runs_after, writes


def weights(task):
    return [value.clone() for value in task.state_dict().values()]


def test_every_permutation_of_a_list_gives_the_bit_identical_run(kit):
    runs = []
    for order in itertools.permutations(range(5)):
        made = [kit.WarmUp(), kit.Brake(), kit.Smooth(), kit.Recorder(), History()]
        settle = resolve(kit.WarmUp, kit.Brake, first=kit.WarmUp)
        _, task = kit.fit(CallbackGraph([made[at] for at in order], settle))
        runs.append((made[3].rows, [(step.loss, step.rate) for step in made[4].steps], weights(task)))
    rows, steps, values = runs[0]
    assert len(rows) == 4
    assert rows[0][0] > 0
    assert all(other[:2] == (rows, steps) for other in runs)
    assert all(torch.equal(one, other) for run in runs for one, other in zip(values, run[2], strict=True))


def test_plain_lists_of_the_same_callbacks_differ_by_their_order(kit):
    """The fault that the graph is there for: it has to be there to be mended."""
    rates = set()
    for order in ((kit.WarmUp, kit.Brake), (kit.Brake, kit.WarmUp)):
        history = History()
        kit.fit([*(kind() for kind in order), kit.Smooth(), history])
        rates.add(tuple(step.rate for step in history.steps))
    assert len(rates) == 2


def test_two_that_set_the_rate_are_refused_before_a_trainer_is_made(kit):
    with pytest.raises(GraphError, match=r"Brake and WarmUp both write optimizer\.lr[^\0]*resolve\(Brake, WarmUp"):
        CallbackGraph([kit.Brake(), kit.WarmUp(), kit.Smooth()])


def test_the_first_of_a_resolution_is_overwritten_by_the_other(kit):
    @writes("optimizer.lr")
    class Set(pl.Callback):
        def __init__(self, rate):
            self.rate = rate

        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"] = self.rate

    one, other = Set(0.5), Set(0.25)
    for first, last in ((one, other), (other, one)):
        trainer, _ = kit.fit(CallbackGraph([one, other], resolve(one, other, first=first)))
        assert trainer.optimizers[0].param_groups[0]["lr"] == last.rate


def test_what_the_task_does_not_log_is_found_before_the_first_step(kit):
    class Counting(kit.Task):
        steps = 0

        def training_step(self, batch, batch_idx):
            Counting.steps += 1
            self.log("train_loss", batch[0].sum())
            return super().training_step(batch, batch_idx)

    graph = CallbackGraph([EarlyStopping("val_los")])
    with pytest.raises(GraphError, match=r"EarlyStopping reads 'logged\.val_los'.*did you mean 'logged\.val_loss'"):
        kit.fit(graph, task=Counting())
    assert Counting.steps == 0
    with pytest.raises(GraphError, match="val_los"):
        CallbackGraph([EarlyStopping("val_los")], task=kit.Task())


def test_paths_of_the_model_and_of_optimisers_are_looked_for_before_the_first_step(kit):
    for path, told in (
        ("model.parameters.nett", r"did you mean 'model\.parameters\.net'"),
        ("model.netto", r"no such attribute; did you mean 'model\.net'"),
        ("optimizer.momentun", r"no group of SGD has such a key; did you mean 'optimizer\.momentum'"),
    ):
        callback = pl.Callback()
        declare(callback, reads=[path])
        with pytest.raises(GraphError, match=told):
            kit.fit(CallbackGraph([callback]))


def test_lightnings_own_callbacks_and_the_tasks_join_the_graph(kit, tmp_path):
    class Own(kit.Task):
        def configure_callbacks(self):
            return [kit.Recorder()]

    graph = CallbackGraph([kit.Smooth()])
    trainer, _ = kit.fit(
        graph, task=Own(), enable_checkpointing=True, enable_model_summary=True, default_root_dir=tmp_path
    )
    told = [type(item).__name__ for item in trainer.callbacks]
    assert told[0] == "Conductor"
    assert told[-1] == "ModelCheckpoint"
    assert any("ModelSummary" in name for name in told)
    assert [node.name for node in graph.plan.nodes] == told[1:]
    assert told.index("Smooth") < told.index("Recorder")
    assert trainer.callbacks[told.index("Recorder")].rows[0][0] > 0


def test_a_conflict_with_what_the_task_brings_along_is_found_before_the_first_step(kit):
    class Own(kit.Task):
        def configure_callbacks(self):
            return [kit.Brake()]

    with pytest.raises(GraphError, match="Brake and WarmUp"):
        kit.fit(CallbackGraph([kit.WarmUp(), kit.Smooth()]), task=Own())


def test_one_graph_goes_into_one_trainer_after_another_and_leaves_nothing_behind(kit):
    recorder = kit.Recorder()
    graph = CallbackGraph([recorder, kit.Smooth()])
    for epochs in (1, 2):
        before = dict(vars(recorder))
        trainer, _ = kit.fit(graph, max_epochs=epochs, enable_progress_bar=epochs == 1)
        assert set(vars(recorder)) - set(before) <= {"log", "log_dict"}
        assert (trainer.progress_bar_callback is not None) == (epochs == 1)
    assert len(recorder.rows) == 4 + 8


def test_callbacks_are_given_back_after_an_error_too(kit):
    class Fails(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            raise ValueError("no more")

    fails = Fails()
    graph = CallbackGraph([fails])
    with pytest.raises(ValueError, match="no more"):
        kit.fit(graph)
    assert "on_train_batch_end" not in vars(fails)
    with pytest.raises(ValueError, match="no more"):
        kit.fit(graph)


def test_a_hook_that_calls_another_of_its_own_hooks_counts_once(kit):
    class Twice(pl.Callback):
        calls = 0

        def on_train_start(self, trainer, pl_module):
            self.on_train_epoch_start(trainer, pl_module)

        def on_train_epoch_start(self, trainer, pl_module):
            self.calls += 1

    twice = Twice()
    graph = CallbackGraph([twice])
    kit.fit(graph)
    assert twice.calls == 2
    assert [event.hook for event in graph.log.events] == ["on_train_start", "on_train_epoch_start"]


def test_the_log_has_every_call_and_every_write(kit):
    graph = CallbackGraph([kit.WarmUp(), kit.Smooth()])
    kit.fit(graph)
    assert [(event.callback, event.hook) for event in graph.log.events] == [
        ("WarmUp", "on_train_batch_start"), ("Smooth", "on_train_batch_end"),
    ] * 4  # fmt: skip
    rates = [(write.before, write.after) for write in graph.log.writes if write.path == "optimizer.lr"]
    assert rates == [(0.1, 0.025), (0.025, 0.05), (0.05, pytest.approx(0.075)), (pytest.approx(0.075), 0.1)]
    assert sum(write.path == "logged.smooth_loss" for write in graph.log.writes) == 4


def test_a_foreign_callback_that_breaks_its_word_is_named_with_the_line_to_write(kit):
    class Foreign(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            trainer.optimizers[0].param_groups[0]["lr"] = 0.0

    told = r"Foreign wrote optimizer\.lr in on_train_batch_end.*declare\(Foreign, .*writes=\[\"optimizer\.lr\"\]"
    with pytest.raises(AccessError, match=told):
        kit.fit(CallbackGraph([Foreign()], guard=True))


def test_without_a_log_nothing_stands_between_lightning_and_the_callbacks(kit):
    hooks = []

    @reads("outputs.loss")
    class Look(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            hooks.append("on_train_batch_end" in vars(self))

    graph = CallbackGraph([Look(), kit.Smooth()], keep=0)
    kit.fit(graph)
    assert hooks == [False] * 4
    assert len(graph.log) == 0
    declare(smooth := kit.Smooth())
    with pytest.raises(AccessError, match=r"Smooth read outputs"):
        kit.fit(CallbackGraph([smooth], keep=0, guard=True))
    with pytest.raises(TrainError, match="keep=-1"):
        CallbackGraph([], keep=-1)


@pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty")
def test_checkpoints_hold_the_callbacks_state_and_resume(kit, tmp_path):
    history, keeper = History(), ModelCheckpoint(tmp_path, save_last=True)
    kit.fit(CallbackGraph([keeper, history]), enable_checkpointing=True)
    again = History()
    trainer = kit.trainer(
        CallbackGraph([again, ModelCheckpoint(tmp_path, save_last=True)]), max_epochs=2, enable_checkpointing=True
    )
    trainer.fit(kit.Task(), kit.batches(), kit.batches(1), ckpt_path=tmp_path / "last.ckpt", weights_only=False)
    assert len(again.steps) == 8
    assert again.steps[:4] == history.steps


def test_two_graphs_in_one_trainer_are_refused(kit):
    with pytest.raises(TrainError, match="two callback graphs in one Trainer"):
        kit.fit([*CallbackGraph([History()]), *CallbackGraph([Control()])])


def test_a_graph_is_made_of_the_callbacks_of_another(kit):
    graph = CallbackGraph([*CallbackGraph([kit.Recorder()]), kit.Smooth()])
    assert repr(graph) == "CallbackGraph(Smooth, Recorder)"


def test_a_graph_is_pickled_and_copied_at_rest_and_refused_at_work(kit):
    class Copies(pl.Callback):
        told = ""

        def on_train_start(self, trainer, pl_module):
            with pytest.raises(TrainError, match="at work cannot be copied or pickled") as error:
                pickle.dumps(graph)
            self.told = str(error.value)

    for made in (copy.deepcopy(CallbackGraph([History()])), pickle.loads(pickle.dumps(CallbackGraph([History()])))):
        assert len(kit.fit(made)[0].callbacks[1].steps) == 4
    graph = CallbackGraph([Copies()])
    kit.fit(graph)
    assert "wait for the end" in graph[1].told


def test_a_callback_that_cannot_be_pickled_is_named():
    graph = CallbackGraph([History(listener=lambda history: None), Control()])
    with pytest.raises(TrainError, match=r"History, Control cannot be pickled"):
        pickle.dumps(graph)


def test_an_empty_graph_trains(kit):
    assert kit.fit(CallbackGraph([]))[0].global_step == 4
    assert len(CallbackGraph([])) == 1


def test_validation_and_test_runs_are_conducted_too(kit):
    @reads("logged.*")
    class Ends(pl.Callback):
        def on_validation_end(self, trainer, pl_module):
            self.seen = dict(trainer.callback_metrics)

    graph = CallbackGraph([Ends()], guard=True)
    kit.trainer(graph).validate(kit.Task(), kit.batches(), verbose=False)
    assert set(graph[1].seen) == {"val_loss"}
    assert graph.log.events[0].hook == "on_validation_end"


def test_the_graph_shows_itself(kit):
    graph = CallbackGraph([kit.Recorder(), kit.Smooth(), kit.WarmUp()])
    assert "Recorder" in graph.table().text()
    assert "<table" in graph._repr_html_()
    assert graph.draw().axes
    assert repr(graph) == "CallbackGraph(Smooth, WarmUp, Recorder)"


def test_data_of_the_graph_is_fetched_beside_the_run_and_trains_to_the_same_weights(kit):
    names = set()

    class Named(type(kit.batches())):
        def __iter__(self):
            for batch in self.batches:
                names.add(threading.current_thread().name)
                yield batch

    graph = CallbackGraph([kit.Smooth()], data=Named(6))
    _, beside = kit.fit(graph, data=graph.data)
    _, plain = kit.fit(CallbackGraph([kit.Smooth()]), data=kit.batches(6))
    assert all(torch.equal(one, other) for one, other in zip(weights(beside), weights(plain), strict=True))
    assert "leyden-source" in names
    assert graph.notices == ()


def test_a_loader_with_workers_of_its_own_gets_no_second_one_and_the_graph_says_so():
    loader = torch.utils.data.DataLoader(list(range(8)), num_workers=2)
    with pytest.warns(UserWarning, match="has 2 worker"):
        graph = CallbackGraph([], data=loader)
    assert any("has 2 worker" in told for told in graph.notices)


def test_the_timeline_has_a_lane_for_each_in_the_order_of_the_run(kit):
    graph = CallbackGraph([kit.Recorder(), kit.Smooth(), kit.WarmUp()])
    kit.fit(graph)
    axes = graph.timeline(steps=range(1, 3)).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Smooth", "WarmUp", "Recorder"]


def test_after_a_class_that_is_not_there_is_no_fault(kit):
    @runs_after(Control)
    class Late(pl.Callback): ...

    assert repr(CallbackGraph([Late()])) == "CallbackGraph(Late)"


@pytest.mark.parametrize("runner", [Threads(2), Dask(2)])
def test_runners_do_what_the_serial_run_does(kit, runner):
    runs = []
    for how in (None, runner):
        made = [kit.Recorder(), kit.Smooth(), kit.WarmUp(), History()]
        graph = CallbackGraph(made, runner=how)
        _, task = kit.fit(graph, max_epochs=2)
        runs.append((made[0].rows, [step.loss for step in made[3].steps], weights(task), len(graph.log.events)))
    assert runs[0][:2] == runs[1][:2]
    assert runs[0][3] == runs[1][3]
    assert all(torch.equal(one, other) for one, other in zip(runs[0][2], runs[1][2], strict=True))
