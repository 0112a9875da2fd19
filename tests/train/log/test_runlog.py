import copy
import gc
import itertools
import pickle
import threading
import time
import weakref

import pandas
import pytest
import pytorch_lightning as pl
import torch

from leyden.errors import TrainError
from leyden.train import Callback
from leyden.train.graph.access import Access, writes
from leyden.train.log import RunLog


class Reader(Callback):
    """Reads only, in four hooks."""

    def on_fit_start(self, trainer, pl_module):
        pass

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        pass

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        pass

    def on_validation_batch_end(self, trainer, pl_module, outputs, batch, batch_idx, dataloader_idx=0):
        pass

    on_test_batch_end = on_predict_batch_end = on_validation_batch_end


@writes("optimizer.lr")
class Halve(Callback):
    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        trainer.optimizers[0].param_groups[0]["lr"] *= 0.5


def test_every_call_is_kept_with_its_step_in_the_order_of_the_calls(follow):
    events = follow(Reader(), Halve()).events
    assert [(row.step, row.hook, row.callback) for row in events[:5]] == [
        (0, "on_fit_start", "Reader"),
        (1, "on_train_batch_start", "Reader"),
        (1, "on_train_batch_end", "Reader"),
        (1, "on_train_batch_end", "Halve"),
        (2, "on_train_batch_start", "Reader"),
    ]
    assert len(events) == 1 + 4 * 3
    assert {row.thread for row in events} == {"MainThread"}


def test_times_are_seconds_since_the_start_of_the_run(follow):
    class Slow(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            time.sleep(0.002)

    began = time.perf_counter()
    events = follow(Slow()).events
    took = time.perf_counter() - began
    assert all(row.seconds >= 0.002 for row in events)
    assert all(first.start + first.seconds <= second.start for first, second in itertools.pairwise(events))
    assert events[0].start > 0
    assert events[-1].start + events[-1].seconds < took


def test_totals_are_the_sums_of_the_events(follow):
    log = follow(Reader(), Halve(), max_epochs=3)
    for total in log.totals:
        seconds = [row.seconds for row in log.select(total.hook, total.callback)]
        assert (total.calls, total.longest) == (len(seconds), max(seconds))
        assert total.seconds == pytest.approx(sum(seconds))
    assert [row.calls for row in log.totals] == [1, 12, 12, 12]


def test_totals_stay_exact_when_rows_are_dropped(follow):
    log = follow(Reader(), Halve(), log=RunLog(keep=5), max_epochs=3)
    assert [row.calls for row in log.totals] == [1, 12, 12, 12]
    assert (len(log), len(log.events), len(log.writes)) == (5, 5, 5)
    assert log.dropped == 37 - 5 + 12 - 5
    assert log.events[-1].step == 12
    assert [row.step for row in log.writes] == [8, 9, 10, 11, 12]
    assert repr(log) == "RunLog(37 calls, 12 changes, 1 runs; 39 rows dropped)"


def test_several_fits_go_into_one_log_run_by_run(follow):
    log = follow(Reader())
    time.sleep(0.2)
    began = time.perf_counter()
    follow(Reader(), Halve(), log=log)
    took = time.perf_counter() - began
    assert [row.run for row in log.events] == [0] * 9 + [1] * 13
    assert {row.run for row in log.writes} == {1}
    assert [(row.callback, row.calls) for row in log.totals] == [
        ("Reader", 2),
        ("Reader", 8),
        ("Reader", 8),
        ("Halve", 4),
    ]
    assert 0 < log.events[9].start < took
    assert repr(log) == "RunLog(22 calls, 4 changes, 2 runs)"


@pytest.mark.parametrize("verb", ["validate", "test", "predict"])
def test_runs_without_training_count_their_own_batches(follow, verb):
    log = follow(Reader(), Halve(), verb=verb)
    assert [row.step for row in log.events] == [1, 2, 3, 4]
    assert log.writes == ()


def test_validation_within_a_fit_bears_the_step_of_the_training(follow):
    log = follow(Reader(), validation=(2,), max_epochs=2, num_sanity_val_steps=1)
    assert [row.step for row in log.select("on_validation_batch_end")] == [0, 4, 4, 8, 8]


def test_the_last_call_is_found_by_hook_and_callback(follow):
    log = follow(Reader(), Halve())
    assert log.last().callback == "Halve"
    assert log.last(callback="Reader").hook == "on_train_batch_end"
    assert log.last("on_train_batch_start", "Reader").step == 4
    assert log.last("on_train_batch_start", "Halve") is None
    assert RunLog().last() is None


def test_calls_are_selected_by_hook_callback_and_steps(follow):
    log = follow(Reader(), Halve())
    assert [row.step for row in log.select("on_train_batch_end", "Halve", steps=range(2, 4))] == [2, 3]
    assert log.select() == log.events


def test_rows_go_into_a_data_frame(follow):
    log = follow(Reader(), Halve())
    events, written = pandas.DataFrame(log.to_rows()), pandas.DataFrame(log.to_rows("writes"))
    assert list(events) == ["step", "hook", "callback", "start", "seconds", "thread", "run"]
    assert written["after"].tolist() == [0.05, 0.025, 0.0125, 0.00625]
    assert [row["calls"] for row in log.to_rows("totals")] == [1, 4, 4, 4]
    assert RunLog().to_rows() == []


def test_two_of_a_class_are_kept_apart_by_their_names(line):
    log, trainer = RunLog(), pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False)
    log.start(["Reader", "Reader 2"], [Access(), Access()])
    for number in (0, 1, 1):
        log.note(number, "on_fit_start", time.perf_counter(), 0.0, None, trainer, line())
    assert [row.callback for row in log.events] == ["Reader", "Reader 2", "Reader 2"]


def test_the_same_names_go_on_with_the_same_totals(line):
    log, trainer, task = RunLog(), pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False), line()
    for names in (["A", "B"], ["B"], ["C", "B"]):
        log.start(names, [Access()] * len(names))
        log.note(len(names) - 1, "on_fit_start", time.perf_counter(), 1.0, None, trainer, task)
    assert [(row.callback, row.calls, row.seconds) for row in log.totals] == [("B", 3, 3.0)]


def test_many_threads_lose_no_call(line):
    log, trainer, task = (
        RunLog(keep=500),
        pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False),
        line(),
    )
    names = [f"R{number}" for number in range(8)]
    log.start(names, [Access()] * 8)
    ready = threading.Barrier(9)

    def call(number):
        ready.wait()
        for _ in range(300):
            log.note(number, "on_train_batch_end", time.perf_counter(), 1.0, None, trainer, task)

    threads = [threading.Thread(target=call, args=(number,), name=f"reader-{number}") for number in range(8)]
    for thread in threads:
        thread.start()
    ready.wait()
    while any(thread.is_alive() for thread in threads):
        assert len(log.events) <= 500
        assert sum(row.calls for row in log.totals) <= 2400
    assert [row.calls for row in log.totals] == [300] * 8
    assert sum(row.seconds for row in log.totals) == 2400.0
    assert all(row.thread == f"reader-{row.callback[1:]}" for row in log.events)
    assert len(log) + log.dropped == 2400


def test_a_thread_that_gets_the_number_of_an_ended_one_has_its_own_name_in_the_next_run(line):
    log, trainer, task = RunLog(), pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False), line()
    for run in range(5):
        log.start(["A"], [Access()])
        arguments = (0, "on_fit_start", time.perf_counter(), 0.0, None, trainer, task)
        thread = threading.Thread(target=log.note, args=arguments, name=f"pool-{run}")
        thread.start()
        thread.join()
    assert [row.thread for row in log.events] == [f"pool-{run}" for run in range(5)]


def test_numbers_on_an_accelerator_wait_for_the_end_of_the_epoch(follow):
    class Far(torch.Tensor):
        """Says that it is on an accelerator, and remembers when it was read."""

        reads = ()

        @property
        def is_cpu(self):
            return False

        @classmethod
        def __torch_function__(cls, function, kinds, args=(), kwargs=None):
            if function.__name__ in ("item", "tolist"):
                Far.reads = (*Far.reads, step[0])
            return super().__torch_function__(function, kinds, args, kwargs or {})

    step = [0]

    @writes("logged.x", "model.beta")
    class Log(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            step[0] = batch_idx + 1
            trainer.callback_metrics["x"] = torch.tensor(float(batch_idx)).as_subclass(Far)
            pl_module.beta = torch.tensor(10 * batch_idx).as_subclass(Far)

        def on_train_epoch_end(self, trainer, pl_module):
            step[0] = "end"

    log = follow(Log())
    assert set(Far.reads) == {"end"}
    rows = [(row.path, row.before, row.after) for row in log.writes if row.hook == "on_train_batch_end"]
    assert rows[0] == ("logged.x", None, 0.0)
    assert rows[2] == ("logged.x", 0.0, 1.0)
    assert ("model.beta", 10, 20) in rows


def test_a_copy_holds_the_rows_and_goes_on_by_itself(follow):
    log = follow(Reader(), Halve())
    for copied in (pickle.loads(pickle.dumps(log)), copy.deepcopy(log)):
        assert (copied.events, copied.writes, copied.totals) == (log.events, log.writes, log.totals)
        follow(Reader(), log=copied)
        assert (repr(log), len(copied)) == ("RunLog(13 calls, 4 changes, 1 runs)", 22)


def test_the_log_keeps_no_trainer_alive(follow):
    kept = []

    class Remember(Callback):
        def on_train_end(self, trainer, pl_module):
            kept.extend([weakref.ref(trainer), weakref.ref(pl_module)])

    log = follow(writes("optimizer.lr", "logged.x", "model.alpha")(Remember)())
    gc.collect()
    assert [one() for one in kept] == [None, None]
    assert len(log) == 1


def test_a_log_is_shown_as_text_and_as_a_page(follow):
    log = follow(Halve())
    lines = log.text().splitlines()
    assert lines[0] == repr(log)
    assert lines[2].split()[:3] == ["Halve", "on_train_batch_end", "4"]
    assert lines[-1].split() == ["4", "Halve", "on_train_batch_end", "optimizer.lr", "0.0125", "0.00625"]
    assert "<td>optimizer.lr</td>" in log._repr_html_()


def test_an_empty_log_says_so():
    assert RunLog().text() == "RunLog(0 calls, 0 changes, 0 runs)"
    assert (len(RunLog()), RunLog().events, RunLog().writes, RunLog().totals) == (0, (), (), ())


@pytest.mark.parametrize("keep", [0, -1])
def test_a_log_that_keeps_nothing_is_refused(keep):
    with pytest.raises(TrainError, match=f"a run log keeps 1 row or more; given keep={keep}"):
        RunLog(keep)


def test_the_log_keeps_no_task_alive_though_notes_still_wait(follow):
    kept = []

    class Remember(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            pl_module.log("x", 1.0)
            kept.extend([weakref.ref(trainer), weakref.ref(pl_module)])

    log = follow(writes("optimizer.lr", "logged.x", "model.alpha")(Remember)())
    gc.collect()
    assert {one() for one in kept} == {None}
    assert (len(log._notes), len(log), len(log._notes)) == (4, 4, 0)


def test_notes_are_worked_up_before_they_become_many(line):
    log, trainer, task = RunLog(), pl.Trainer(accelerator="cpu", logger=False, enable_checkpointing=False), line()
    log.start(["A"], [Access()])
    waited = 0
    for _ in range(2000):
        log.note(0, "on_train_batch_end", time.perf_counter(), 1.0, None, trainer, task)
        waited = max(waited, len(log._notes))
    assert waited == 512
    assert log.totals[0].calls == 2000


def test_where_a_run_rests_nothing_waits(follow):
    class End(Callback):
        def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
            pass

        def on_train_epoch_end(self, trainer, pl_module):
            pass

    assert len(follow(End())._notes) == 0
