import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch

import leyden as ly
from leyden.data.run.crew import handed_out
from leyden.data.run.threads import Threads, Work
from leyden.errors import DataError


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


def made(plan, tasks, workers=2):
    return list(handed_out(Threads(plan, workers), tasks, window=2 * workers, ordered=True))


def test_all_threads_work_on_one_element_of_many_items():
    together = threading.Barrier(3)
    work = Work(3, lambda place: (together.wait(timeout=10), place)[1], tuple)
    assert made(lambda _: work, ["once"], workers=3) == [(0, 1, 2)]


@pytest.mark.parametrize("items", [0, 1, 2, 7])
def test_items_are_put_together_in_their_order(items):
    def plan(task):
        return Work(items, lambda place: (time.sleep(0.001 * (place % 3)), task * place)[1], list)

    assert made(plan, range(5), workers=3) == [[task * place for place in range(items)] for task in range(5)]


def test_the_error_of_the_lowest_item_is_told_whichever_is_first():
    begun = []

    def item(place):
        begun.append(place)
        time.sleep(0.05 if place < 2 else 0)
        raise ValueError(place)

    with pytest.raises(ValueError, match="0"):
        made(lambda _: Work(4, item, list), range(9))
    assert begun == [0, 2], "each half ends with its first error, and no other element is begun"


def test_an_element_that_cannot_be_put_together_is_an_error():
    def plan(task):
        return Work(2, lambda place: place, lambda _: 1 / task)

    with pytest.raises(ZeroDivisionError):
        made(plan, [2, 1, 0, 3])


def slowly(pipe):
    for element in pipe:
        time.sleep(0.01)
        yield element


def test_nothing_is_begun_once_an_error_is_known():
    begun = []

    def work(x):
        begun.append(x)
        if x == 5:
            raise ValueError
        time.sleep(0.002)
        return x

    pipe, seen = range(1000) | ly.data.map(work) | ly.data.parallel(4), []
    with pytest.raises(DataError, match="element 5"):
        seen.extend(slowly(pipe))
    assert seen == [0, 1, 2, 3, 4]
    assert max(begun) <= 5 + 3, "those that were under way on the other threads"


def test_an_error_does_not_wait_for_what_was_not_begun():
    def work(x):
        if x == 0:
            raise ValueError
        time.sleep(0.2)

    start = time.perf_counter()
    with pytest.raises(DataError, match="element 0"):
        list(range(100) | ly.data.map(work) | ly.data.parallel(2))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("workers", [0, 1, 2, 4])
def test_an_error_inside_a_batch_names_the_batch_and_the_item(workers):
    def work(x):
        if x in (7, 9):
            raise ValueError("bad pixel")
        return x

    pipe = range(100) | ly.data.map(work) | ly.data.batch(5) | ly.data.parallel(workers)
    words = r"element 1 of range.*batch\(5\): element 7 of range\(0, 100\) \| map\(.*\): ValueError: bad pixel$"
    for _ in range(2):
        with pytest.raises(DataError, match=words):
            list(pipe)


LOOP = """
import sys, time
import leyden as ly
def work(x):
    time.sleep(0.01)
    return x
if __name__ == "__main__":
    loop = range(100_000) | ly.data.map(work) | ly.data.batch(2) | ly.data.parallel(2) | ly.data.to_device("meta")
    for number, _ in enumerate(loop):
        if number == 3:
            print("running", flush=True)
"""


def test_ctrl_c_ends_a_script_with_a_keyboard_interrupt():
    with subprocess.Popen([sys.executable, "-c", LOOP], stdout=-1, stderr=-1, text=True) as script:
        assert script.stdout.readline() == "running\n"
        script.send_signal(signal.SIGINT)
        _, said = script.communicate(timeout=20)
    assert script.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")


def test_a_loop_left_standing_does_not_keep_python_from_ending():
    words = "import leyden as ly, torch\nloop = iter(range(99) | ly.data.map(torch.zeros) | ly.data.parallel(2) "
    script = words + "| ly.data.to_device('meta'))\nnext(loop)\n"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_in_the_middle_of_a_loop_leaves_it_alone():
    loop = iter(range(50) | ly.data.parallel(2))
    next(loop)
    child = os.fork()
    if child == 0:
        loop.close()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert list(loop) == list(range(1, 50))


def test_torch_computes_the_same_on_one_core():
    data = [torch.rand(60, 60) for _ in range(6)]
    pipe = data | ly.data.map(torch.linalg.inv) | ly.data.batch(2)
    assert all(torch.allclose(a, b) for a, b in zip(pipe, pipe | ly.data.parallel(2), strict=True))


@pytest.mark.parametrize("asked", ["", "torch.set_num_threads(3)"], ids=["found", "set"])
def test_a_first_loop_leaves_torch_its_cores(asked):
    def cores(*lines):
        code = "\n".join(("import torch, leyden as ly", asked, *lines, "print(torch.get_num_threads())"))
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        run = [sys.executable, "-c", code]
        return subprocess.run(run, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout

    assert cores("list(torch.rand(8, 3) | ly.data.batch(2) | ly.data.parallel(2))") == cores()
