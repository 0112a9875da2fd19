import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DistributedSampler

import leyden as ly
from leyden.errors import DataError, UnreadableImage, WorkerDied

FORK = ly.data.parallel(2, kind="processes", start="fork")


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = set(threading.enumerate())
    yield
    assert multiprocessing.active_children() == []
    assert set(threading.enumerate()) == before


def forked(workers, **options):
    return ly.data.parallel(workers, kind="processes", start="fork", **options)


@dataclass(frozen=True)
class Scan:
    voxels: torch.Tensor
    name: str


def test_elements_of_any_kind_come_back():
    def make(index):
        return {"scan": Scan(torch.full((40, 40, 4), index), f"s{index}"), "array": np.arange(index), "none": None}

    for index, element in enumerate(range(5) | ly.data.map(make) | FORK):
        assert type(element["scan"]) is Scan
        assert int(element["scan"].voxels[-1, -1, -1]) == index
        assert (len(element["array"]), element["scan"].name, element["none"]) == (index, f"s{index}", None)


def test_an_error_names_its_element_keeps_its_kind_and_comes_in_its_turn():
    def fail(x):
        time.sleep(0.002 * (x % 3))
        if x in (7, 8):
            raise UnreadableImage("rose.jpg is empty")
        return x

    for workers in (1, 2, 4):
        seen = []
        with pytest.raises(
            UnreadableImage, match=r"element 7 of range\(0, 1000\) \| map\(.*fail\): rose\.jpg is empty"
        ):
            seen.extend(range(1000) | ly.data.map(fail) | forked(workers))
        assert seen in ([], list(range(7))), "extend may drop what came before an error"
        assert multiprocessing.active_children() == []


def test_an_error_inside_a_batch_names_the_item():
    pipe = range(100) | ly.data.map(lambda x: 1 // (x - 7)) | ly.data.batch(5) | FORK
    with pytest.raises(
        DataError, match=r"element 1 of .*batch\(5\): element 7 of range.*: ZeroDivisionError"
    ) as caught:
        list(pipe)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def slowly(pipe):
    for element in pipe:
        time.sleep(0.02)
        yield element


def test_nothing_is_begun_once_an_error_is_known(tmp_path):
    def note(x):
        (tmp_path / str(x)).touch()
        if x == 5:
            raise ValueError
        time.sleep(0.01)
        return x

    with pytest.raises(DataError, match="element 5"):
        list(slowly(range(1000) | ly.data.map(note) | forked(3)))
    begun = sorted(int(path.name) for path in tmp_path.iterdir())
    assert begun[:6] == list(range(6))
    assert begun[-1] <= 5 + 3


@pytest.mark.parametrize(
    ("end", "how"),
    [
        (lambda: os._exit(3), "ended with exit code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "killed by SIGKILL"),
    ],
    ids=["exit", "kill"],
)
def test_a_process_that_dies_is_told_at_once_with_what_it_had_to_do(end, how):
    def work(x):
        if x == 4:
            end()
        time.sleep(0.01)
        return torch.zeros(100_000)

    start = time.perf_counter()
    with pytest.raises(
        WorkerDied, match=rf"a worker process .*{how}.* had elements 4(, \d+)* of range\(0, 50\) \| map"
    ):
        list(range(50) | ly.data.map(work) | FORK)
    assert time.perf_counter() - start < 5


def test_a_process_that_is_killed_while_the_reader_is_busy_is_told():
    loop = iter(range(50) | ly.data.map(torch.zeros) | FORK)
    next(loop)
    for child in multiprocessing.active_children():
        os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(WorkerDied, match="killed by SIGKILL"):
        list(loop)


def test_nothing_runs_on_after_a_break_or_when_a_loop_is_dropped():
    pipe = range(1000) | ly.data.map(lambda x: (time.sleep(0.01), x)[1]) | FORK
    for _ in pipe:
        assert len(multiprocessing.active_children()) == 2
        break
    assert multiprocessing.active_children() == []
    held = [iter(pipe)]
    next(held[0])
    held.append(held)
    del held
    gc.collect()
    assert multiprocessing.active_children() == []


def test_the_processes_are_gone_when_the_last_element_is_out():
    loop = iter(range(5) | FORK)
    assert [next(loop) for _ in range(5)] == list(range(5))
    assert multiprocessing.active_children() == []
    assert list(loop) == []


def test_a_long_element_does_not_delay_the_end():
    pipe = range(10) | ly.data.map(lambda x: (time.sleep(60 if x else 0), x)[1]) | FORK
    start = time.perf_counter()
    for _ in pipe:
        break
    assert time.perf_counter() - start < 5


def test_each_process_of_a_distributed_run_reads_its_own_part():
    data, seen = range(10), []
    for rank in range(2):
        mine = list(DistributedSampler(data, num_replicas=2, rank=rank, seed=3))
        pipe = data | ly.data.subset(mine) | ly.data.batch(2) | FORK
        here = [x for each in pipe for x in each.tolist()]
        assert here == mine
        seen += here
    assert sorted(seen) == list(data)


def test_what_cannot_be_sent_is_told():
    with pytest.raises(DataError, match=r"element 0 cannot be sent .*lock.*map it to tensors"):
        list(range(3) | ly.data.map(lambda _: threading.Lock()) | FORK)
    lock = threading.Lock()
    pipe = range(3) | ly.data.map(lambda x: (lock, x)[1])
    assert list(pipe | FORK) == [0, 1, 2]
    with pytest.raises(DataError, match=r"this pipe cannot be sent to a process .*lock.*start='fork'"):
        list(pipe | ly.data.parallel(2, kind="processes", start="spawn"))


def test_a_worker_process_starts_no_others():
    inner = range(3) | FORK
    with pytest.raises(DataError, match=r"element 0 of .*this is itself a worker process.*take kind='threads'"):
        list(range(2) | ly.data.map(lambda _: list(inner)) | FORK)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "fibres"}, "kind is 'threads' or 'processes'; given 'fibres'"),
        ({"kind": "processes", "start": "clone"}, r"start is .*'spawn'.*; given 'clone'"),
        ({"start": "spawn"}, "start='spawn' is for kind='processes'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(DataError, match=message):
        ly.data.parallel([1], 2, **options)


def test_it_prints_as_it_was_written():
    pipe = ly.data.DataLoader(range(4), 2, parallel=3, kind="processes")
    assert repr(pipe) == "range(0, 4) | batch(2) | parallel(3, kind='processes')"
    assert repr(forked(1)) == "parallel(1, kind='processes', start='fork')"


def run_script(words, **options):
    return subprocess.Popen([sys.executable, "-c", words], stdout=-1, stderr=-1, text=True, **options)


NOTEBOOK = """
import torch
import leyden as ly
from dataclasses import dataclass
from pathlib import Path

@dataclass
class Cell:
    x: torch.Tensor

scale = torch.full((200, 200), 2.0)
def work(x):
    return Cell(scale * x)

data = ly.data.map(range(6), work) | ly.data.map(lambda cell: Cell(cell.x + 1))
for start in ("spawn", "forkserver"):
    seen = list(data | ly.data.parallel(1, kind="processes", start=start))
    print(start, all(type(cell) is Cell for cell in seen), [int(cell.x[-1, -1]) for cell in seen])
"""


def test_functions_and_classes_of_a_notebook_work_however_processes_start():
    with run_script(NOTEBOOK) as script:
        said, problems = script.communicate(timeout=100)
    assert said.splitlines() == [f"{start} True [1, 3, 5, 7, 9, 11]" for start in ("spawn", "forkserver")], problems


LOOP = """
import multiprocessing, sys, time
import leyden as ly
data = range(100_000) | ly.data.map(lambda x: (time.sleep(0.01), x)[1])
loop = data | ly.data.parallel(2, kind="processes", start="fork")
for number, _ in enumerate(loop):
    if number == 3:
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""


def still_there(processes):
    there = []
    for process in processes:
        with contextlib.suppress(OSError):
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")")[1].split()[0]
            there += [process] if state != "Z" else []  # Z: dead, and waiting for whoever inherits it
    return there


@pytest.mark.parametrize("whole_group", [True, False], ids=["all", "reader"])
def test_ctrl_c_ends_the_reader_and_leaves_no_process(whole_group):
    with run_script(LOOP, start_new_session=True) as script:
        children = script.stdout.readline().split()
        (os.killpg if whole_group else os.kill)(script.pid, signal.SIGINT)
        _, said = script.communicate(timeout=20)
    assert len(children) == 2
    assert script.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert "Process" not in said, "workers say nothing"
    assert still_there(children) == []


def test_workers_end_when_the_reader_is_killed():
    with run_script(LOOP) as script:
        children = script.stdout.readline().split()
        script.kill()
        script.communicate(timeout=20)
    assert len(children) == 2
    for _ in range(100):
        if not still_there(children):
            return
        time.sleep(0.05)
    raise AssertionError(still_there(children))


FILES = """
import resource, torch
import leyden as ly
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
pipe = range(100) | ly.data.map(lambda x: [torch.full((5000,), x) for _ in range(10)])
kept = list(pipe | ly.data.parallel(2, kind="processes", start="fork"))
print(len(kept), int(sum(tensor[-1] for element in kept for tensor in element)))
"""


def test_an_epoch_of_many_tensors_can_be_kept_with_few_open_files():
    with run_script(FILES) as script:
        said, problems = script.communicate(timeout=60)
    assert said == "100 49500\n", problems


def test_loops_side_by_side_end_without_waiting_for_each_other():
    pipes = [range(6) | ly.data.map(float) | ly.data.parallel(2, kind="processes", start="fork") for _ in range(2)]
    pairs = zip(*pipes, strict=True)
    first = next(pairs)
    workers = [each for each in multiprocessing.active_children() if each.name.startswith("leyden-data")]
    assert [first, *pairs] == [(float(number), float(number)) for number in range(6)]
    assert [each.exitcode for each in workers] == [0] * 4  # none of them had to be killed
