"""Notes of calls, on their way into the log."""

import threading
from collections import deque

import pytest
import pytorch_lightning as pl

from leyden.train.log.noting import Kind, Threads, batches_of


def test_a_thread_is_asked_for_its_name_once():
    names, found = Threads(), []

    def ask():
        found.append(names[threading.get_ident()])
        threading.current_thread().name = "renamed"
        found.append(names[threading.get_ident()])

    thread = threading.Thread(target=ask, name="worker-3")
    thread.start()
    thread.join()
    assert found == ["worker-3", "worker-3"]


@pytest.mark.parametrize(
    ("hook", "rests"), [("on_train_epoch_end", True), ("on_train_end", True), ("on_train_batch_end", False)]
)
def test_no_note_waits_where_a_run_rests(hook, rests):
    kind = Kind(hook, "A", probe=None, notes=deque(), threads=Threads())
    assert (kind.rests, kind.limit == 0, kind.number) == (rests, rests, -1)


def test_the_counter_of_batches_is_the_same_all_the_run():
    trainer = pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    counter = batches_of(trainer)
    progress = trainer.fit_loop.epoch_loop.batch_progress
    progress.increment_ready()
    assert counter.ready == 1
    progress.load_state_dict(progress.state_dict())
    progress.reset_on_run()
    progress.reset_on_restart()
    progress.increment_ready()
    assert batches_of(trainer) is counter
    assert counter.ready == 2
