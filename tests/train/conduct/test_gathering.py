"""Hooks as jobs: who waits for whom, what runs beside others, what errors say."""

import threading

import pytest
import pytorch_lightning as pl

from leyden.errors import AccessError
from leyden.train import CallbackGraph, Threads, declare, reads, writes
from leyden.train.conduct.gathering import is_free, waits
from leyden.train.graph.edge import hard_edges
from leyden.train.graph.node import nodes_of
from leyden.train.graph.ordering import order


def made(name, read=(), write=(), declared=True):
    callback = type(name, (pl.Callback,), {})()
    if declared:
        declare(callback, reads=read, writes=write)
    return callback


def waiting(*callbacks):
    nodes, _ = nodes_of(callbacks)
    edges, _ = hard_edges(nodes, [])
    nodes = order(nodes, edges)
    found = waits(nodes, edges)
    return {node.name: {nodes[at].name for at in after} for node, after in zip(nodes, found, strict=True)}


def test_readers_wait_for_nobody_but_the_writers_of_what_they_read():
    found = waiting(made("A", ["batch"]), made("B", ["batch"]), made("C", ["logged.x"]), made("W", (), ["logged.x"]))
    assert found == {"A": set(), "B": set(), "C": {"W"}, "W": set()}


def test_writers_keep_their_order_and_wait_for_the_readers_before_them():
    edges = waiting(made("A", (), ["logged.a"]), made("B", (), ["logged.b"]), made("C", ["logged.a"]))
    assert edges == {"A": set(), "B": {"A"}, "C": {"A"}}


def test_one_who_borrows_is_not_beside_those_who_read_it():
    borrower = pl.Callback()
    declare(borrower, reads=["model"], borrows=["model.training"])
    assert not is_free(nodes_of([borrower])[0][0])
    waits_for = waiting(borrower, made("R", ["model"]))
    assert waits_for == {"Callback": set(), "R": {"Callback"}}


def test_an_undeclared_callback_waits_for_all_and_nothing_goes_ahead_of_it():
    assert waiting(made("A", ["batch"]), made("U", declared=False), made("Z", ["batch"])) == {
        "A": set(), "U": {"A"}, "Z": {"A", "U"} - {"A"},
    }  # fmt: skip


def test_only_declared_readers_that_are_not_lightnings_own_run_beside_others():
    def free(callback):
        return is_free(nodes_of([callback])[0][0])

    assert free(made("A", ["batch"]))
    assert not free(made("W", (), ["logged.x"]))
    assert not free(made("U", declared=False))
    assert not free(pl.callbacks.SpikeDetection())


class Meet(pl.Callback):
    """Waits in its hook until another is in its own: only side by side can both go on."""

    def __init__(self, name, barrier):
        self.name, self.barrier = name, barrier
        self.threads = []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.barrier.wait(timeout=20)
        self.threads.append(threading.current_thread().name)


def test_readers_run_side_by_side_on_threads_of_their_own(kit):
    barrier = threading.Barrier(2)
    pair = [Meet("a", barrier), Meet("b", barrier)]
    for one in pair:
        declare(one, reads=["outputs.loss"])
    graph = CallbackGraph(pair, runner=Threads(2))
    kit.fit(graph)
    assert all(len(one.threads) == 4 and "leyden-reader" in one.threads[0] for one in pair)
    assert {event.thread for event in graph.log.events} == {*pair[0].threads, *pair[1].threads}
    assert not [thread for thread in threading.enumerate() if "leyden-reader" in thread.name]


def test_a_reader_beside_others_sees_a_snapshot_that_later_writers_do_not_change(kit):
    @reads("optimizer.lr", "trainer.global_step")
    class Look(pl.Callback):
        def __init__(self):
            self.seen = []

        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
            self.seen.append((trainer.global_step, trainer.optimizers[0].param_groups[0]["lr"]))

    look = Look()
    kit.fit(CallbackGraph([look, kit.WarmUp()], runner=Threads(2)))
    assert look.seen == [(0, 0.025), (1, 0.05), (2, pytest.approx(0.075)), (3, 0.1)]


def test_an_error_in_a_thread_ends_the_run_and_names_callback_and_hook(kit):
    @reads("outputs.loss")
    class Fails(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            raise ValueError("no room left")

    with pytest.raises(ValueError, match="no room left") as error:
        kit.fit(CallbackGraph([Fails()], runner=Threads(2)))
    assert "Fails.on_train_batch_end" in "".join(error.value.__notes__)
    assert not [thread for thread in threading.enumerate() if "leyden-reader" in thread.name]


def test_a_reader_beside_others_is_held_to_its_declaration(kit):
    @reads("outputs.loss")
    class Sneaks(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            trainer.should_stop = True

    with pytest.raises(AccessError, match=r"Sneaks.*trainer\.should_stop"):
        kit.fit(CallbackGraph([Sneaks()], runner=Threads(2)))


def test_what_was_called_is_run_even_if_the_last_of_a_hook_has_left_the_list(kit):
    @reads("trainer")
    class Last(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx): ...

    @writes("trainer.callbacks")
    class Drops(pl.Callback):
        def __init__(self):
            self.steps = []

        def on_train_epoch_start(self, trainer, pl_module):
            trainer.callbacks = [one for one in trainer.callbacks if not isinstance(one, Last)]

        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            self.steps.append(batch_idx)

        def on_train_batch_start(self, trainer, pl_module, batch, batch_idx): ...

    drops = Drops()
    kit.fit(CallbackGraph([Last(), drops], runner=Threads(2)))
    assert drops.steps == [0, 1, 2, 3]


def test_a_reader_beside_others_that_changes_a_batch_in_place_is_refused(kit):
    @reads("batch")
    class Doubles(pl.Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            batch[0].mul_(2)

    with pytest.raises(AccessError, match=r"Doubles wrote batch\.0 in on_train_batch_end"):
        kit.fit(CallbackGraph([Doubles()], runner=Threads(2)))


def test_checkpoints_are_saved_while_a_runner_is_at_work(kit, tmp_path):
    @writes("checkpoint.mine")
    class Adds(pl.Callback):
        def on_save_checkpoint(self, trainer, pl_module, checkpoint):
            checkpoint["mine"] = 3

    keeper = pl.callbacks.ModelCheckpoint(tmp_path, save_last=True)
    kit.fit(CallbackGraph([Adds(), keeper, kit.Smooth()], runner=Threads(2)), enable_checkpointing=True)
    import torch

    assert torch.load(tmp_path / "last.ckpt", weights_only=False)["mine"] == 3
