import _thread
import gc
import inspect
import os
import threading
import time

import pytest
import pytorch_lightning as pl
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.errors import DataError, UnreadableImage


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


def crew():
    return [thread for thread in threading.enumerate() if thread.name.startswith("leyden-data")]


def slow(x):
    time.sleep(0.001 * (x % 3))
    return x


@given(st.integers(0, 30), st.integers(0, 5), st.booleans())
@settings(deadline=None, max_examples=30)
def test_any_number_of_workers_gives_the_same_elements_in_the_same_order(count, workers, middle):
    steps = ly.data.map(slow)
    steps = (
        steps | ly.data.parallel(workers) | ly.data.batch(3)
        if middle
        else steps | ly.data.batch(3) | ly.data.parallel(workers)
    )
    pipe = range(count) | ly.data.shuffle() | steps
    plain = range(count) | ly.data.shuffle() | ly.data.map(slow) | ly.data.batch(3)
    assert [x.tolist() for x in pipe] == [x.tolist() for x in plain]
    assert [pipe[i].tolist() for i in range(len(pipe))] == [plain[i].tolist() for i in range(len(plain))]


@pytest.mark.parametrize(
    "steps",
    [
        ly.data.parallel(2),
        ly.data.parallel(2) | ly.data.shuffle() | ly.data.batch(2) | ly.data.map(abs),
        ly.data.parallel(2) | ly.data.cache(),
        ly.data.parallel(2) | ly.data.subset(range(8)) | ly.data.to_device("cpu"),
    ],
    ids=repr,
)
def test_work_below_parallel_is_done_by_its_threads_wherever_it_stands(steps):
    workers = set()

    def note(x):
        workers.add(threading.current_thread().name)
        time.sleep(0.005)
        return torch.tensor(x)

    pipe = range(8) | ly.data.map(note) | steps
    list(pipe)
    assert len(workers) == 2
    assert all(name.startswith("leyden-data") for name in workers)
    list(ly.data.concatenate(pipe, pipe)[1:])
    assert all(name.startswith("leyden-data") for name in workers)


def test_workers_really_work_side_by_side():
    together = threading.Barrier(4)
    pipe = range(8) | ly.data.map(lambda x: (together.wait(timeout=10), x)[1]) | ly.data.parallel(4)
    assert list(pipe) == list(range(8))


@pytest.mark.parametrize("workers", [1, 3])
def test_reading_ahead_is_bounded_by_two_elements_a_worker(workers):
    begun = []
    pipe = range(100) | ly.data.map(lambda x: (begun.append(x), x)[1]) | ly.data.parallel(workers)
    for place, _ in enumerate(pipe, 1):
        time.sleep(0.001)
        assert len(begun) <= place + 2 * workers
        if place == 20:
            break
    assert len(begun) <= 20 + 2 * workers


def fail_at(wrong, error):
    def function(x):
        if x == wrong:
            raise error
        return x

    return function


@pytest.mark.parametrize("workers", [0, 1, 2, 4])
def test_an_error_names_its_element_comes_in_its_turn_and_ends_the_loop(workers):
    data = range(1000) | ly.data.map(fail_at(7, ValueError("bad pixel")))
    pipe, seen = data | ly.data.parallel(workers), []
    with pytest.raises(
        DataError, match=r"element 7 of range\(0, 1000\) \| map\(.*function\): ValueError: bad"
    ) as caught:
        seen.extend(pipe)
    assert seen == [] or seen == list(range(7))
    assert isinstance(caught.value.__cause__, ValueError)
    assert crew() == []
    with pytest.raises(DataError, match="element 7 of"):
        pipe[7]


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_of_leyden_keeps_its_kind(workers):
    pipe = range(9) | ly.data.map(fail_at(3, UnreadableImage("rose.jpg is empty"))) | ly.data.parallel(workers)
    with pytest.raises(UnreadableImage, match=r"element 3 of .*: rose\.jpg is empty"):
        list(pipe)


def test_nothing_runs_on_after_a_break_or_an_error_of_the_reader():
    pipe = range(1000) | ly.data.map(slow) | ly.data.parallel(3) | ly.data.batch(2) | ly.data.to_device("cpu")
    for _ in pipe:
        assert len(crew()) == 3
        break
    assert crew() == []

    def read():
        for _ in pipe:
            raise KeyError

    with pytest.raises(KeyError):
        read()
    assert crew() == []


def test_nothing_runs_on_when_a_loop_is_dropped_or_caught_in_a_cycle():
    pipe = range(1000) | ly.data.map(slow) | ly.data.parallel(2)
    loop = iter(pipe)
    next(loop)
    del loop
    assert crew() == []
    held = [iter(pipe)]
    next(held[0])
    held.append(held)
    del held
    gc.collect()
    assert crew() == []


def test_ctrl_c_ends_the_loop_and_its_threads():
    def interrupt(x):
        if x == 5:
            _thread.interrupt_main()
        time.sleep(0.01)
        return x

    with pytest.raises(KeyboardInterrupt):
        for _ in range(100_000) | ly.data.map(interrupt) | ly.data.parallel(2):
            pass
    assert crew() == []


def test_the_threads_are_gone_when_the_last_element_is_out():
    loop = iter(range(5) | ly.data.parallel(2))
    for _ in range(4):
        next(loop)
        assert len(crew()) == 2
    next(loop)
    assert crew() == []
    assert list(loop) == []


def test_torch_runs_on_one_core_in_workers_and_as_before_elsewhere():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        inside = list(range(6) | ly.data.map(lambda _: torch.get_num_threads()) | ly.data.parallel(3))
        outside = []
        late = threading.Thread(target=lambda: outside.append(torch.get_num_threads()))
        late.start()
        late.join()
        assert (set(inside), outside, torch.get_num_threads()) == ({1}, [2], 2)
    finally:
        torch.set_num_threads(before)


def test_workers_record_gradients_only_where_the_reader_does():
    weight = torch.ones(1, requires_grad=True)
    pipe = range(4) | ly.data.map(lambda x: (weight * x).requires_grad) | ly.data.parallel(2)
    assert list(pipe) == [True] * 4
    with torch.no_grad():
        assert list(pipe) == [False] * 4
    with torch.inference_mode():
        assert list(pipe) == [False] * 4


def test_left_out_the_number_of_workers_is_that_of_the_cores():
    cores = len(os.sched_getaffinity(0))
    assert repr(ly.data.parallel()) == f"parallel({cores})"
    assert repr(ly.data.parallel([1])) == f"list[1] | parallel({cores})"
    assert repr(ly.data.DataLoader([1], parallel=True)) == f"list[1] | batch(1) | parallel({cores})"


@pytest.mark.parametrize(
    ("workers", "message"), [(-1, "at least 0 workers; given -1"), (1.5, "whole number; given 1.5"), ("2", "given '2'")]
)
def test_a_number_of_workers_that_makes_no_sense_is_refused(workers, message):
    with pytest.raises(DataError, match=message):
        ly.data.parallel([1], workers)


def test_parameters_of_torchs_loader_are_told_what_stands_for_them():
    with pytest.raises(DataError, match=r"num_workers: write parallel=2 .*; colour: there is no such parameter"):
        ly.data.DataLoader([1, 2, 3], 2, num_workers=2, colour="red")
    torchs = set(inspect.signature(torch.utils.data.DataLoader).parameters)
    ours = set(inspect.signature(ly.data.DataLoader).parameters)
    for name in torchs - {"dataset", "pin_memory_device", "in_order"} - ours:
        with pytest.raises(DataError, match=f"{name}: (?!there is no such)"):
            ly.data.DataLoader([1, 2, 3], 2, **{name: None})


def test_a_data_loader_is_a_container_that_can_be_piped_on():
    loader = ly.data.DataLoader(range(10), 3, drop_last=True, collate=sum)
    assert list(loader) == [3, 12, 21]
    assert sorted(loader | ly.data.shuffle()) == [3, 12, 21]
    assert loader[-1] == 21


class Tiny(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.seen, self.validated = [], []

    def training_step(self, batch, _):
        self.seen.append((self.current_epoch, batch.flatten().tolist()))
        return self.layer(batch).mean()

    def validation_step(self, batch, _):
        self.validated.append(batch.flatten().tolist())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.01)


def jitter(generator, x):
    return x + torch.rand(1, generator=generator)


def trainer(folder, **options):
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    return pl.Trainer(default_root_dir=folder, **quiet, **options)


def training_pipe(workers=2):
    data = torch.arange(6.0).reshape(6, 1)
    return data | ly.data.map_random(jitter) | ly.data.shuffle() | ly.data.batch(2) | ly.data.parallel(workers)


def test_lightning_sees_a_new_order_and_new_draws_in_every_epoch(tmp_path):
    task, pipe = Tiny(), training_pipe()
    validation = torch.arange(4.0).reshape(4, 1) | ly.data.batch(2)
    trainer(tmp_path, max_epochs=3, enable_checkpointing=False).fit(task, pipe, validation)
    alone = training_pipe(0)
    expected = [(epoch, batch.flatten().tolist()) for epoch in range(3) for batch in alone]
    assert task.seen == expected
    assert len({tuple(values) for _, values in expected}) == 9
    assert task.validated == [[0.0, 1.0], [2.0, 3.0]] * 4, "the sanity check and three epochs"


class Stop(pl.Callback):
    def __init__(self, step, path):
        self.step, self.path = step, path

    def on_train_batch_end(self, trainer, *_):
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)
            trainer.should_stop = True


@pytest.mark.parametrize("step", [2, 3, 4])
@pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`")
def test_lightning_resumes_in_the_middle_of_an_epoch(tmp_path, step):
    path = tmp_path / "stopped.ckpt"
    whole, first, second = Tiny(), Tiny(), Tiny()
    options = {"max_epochs": 3, "enable_checkpointing": False}
    trainer(tmp_path, **options).fit(whole, training_pipe())
    trainer(tmp_path, callbacks=[Stop(step, path)], min_epochs=0, **options).fit(first, training_pipe())
    trainer(tmp_path, **options).fit(second, training_pipe(), ckpt_path=path)
    assert first.seen[:step] + second.seen == whole.seen
