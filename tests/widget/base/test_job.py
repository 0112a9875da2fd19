import gc
import sys
import threading
import time
import weakref
from itertools import pairwise

import pytest
import torch

from leyden.errors import PanelError
from leyden.widget.base import Job, Latest, Stopped, Stopwatch


def test_a_job_runs_elsewhere_and_hands_its_result_back():
    job = Job(threading.get_ident, name="test", threads=1).start()
    assert job.wait(5) != threading.get_ident()
    assert job.result is not None
    assert not job.running


def test_a_job_uses_the_threads_of_torch_it_is_told():
    assert Job(torch.get_num_threads, name="test", threads=3).start().wait(5) == 3


def test_what_a_job_raises_is_raised_again_for_whoever_waits():
    job = Job(lambda: 1 // 0, name="test", threads=1).start()
    with pytest.raises(ZeroDivisionError):
        job.wait(5)
    assert isinstance(job.error, ZeroDivisionError)
    assert job.result is None


def test_waiting_too_short_says_so_and_leaves_the_job_at_work():
    hold = threading.Event()
    job = Job(hold.wait, name="test", threads=1).start()
    with pytest.raises(PanelError, match=r"leyden-test is still at work after 0.01 s"):
        job.wait(0.01)
    hold.set()
    assert job.wait(5)


def test_done_is_called_after_success_and_after_failure():
    told = []
    for work in (lambda: 1, lambda: 1 // 0):
        Job(work, name="test", threads=1, done=lambda: told.append(threading.current_thread().name)).start().join(5)
    assert told == ["leyden-test", "leyden-test"]


def test_a_job_is_over_when_done_is_called():
    seen = []
    job = Job(lambda: 1, name="test", threads=1, done=lambda: seen.append((job.running, job.result)))
    job.start().join(5)
    assert seen == [(False, 1)]


def test_a_thousand_requests_cost_a_few_rounds_and_the_last_state_is_seen():
    state, seen = [0], []
    latest = Latest(lambda: seen.append(state[0]), name="test", per_second=50)
    for number in range(1000):
        state[0] = number
        latest.request()
    assert latest.settle(5)
    assert seen[-1] == 999
    assert len(seen) < 50


def test_rounds_keep_their_distance():
    times = []
    latest = Latest(lambda: times.append(time.monotonic()), name="test", per_second=20)
    stop = time.monotonic() + 0.3
    while time.monotonic() < stop:
        latest.request()
        time.sleep(0.001)
    latest.settle(5)
    assert min(after - before for before, after in pairwise(times)) > 0.045


def test_a_closed_drawer_does_nothing_more():
    seen = []
    latest = Latest(lambda: seen.append(1), name="test")
    assert latest.close(5)
    latest.request()
    assert latest.settle(5)
    assert seen == []


def test_a_request_made_by_the_work_itself_is_served():
    seen = []

    def work():
        seen.append(1)
        if len(seen) == 1:
            latest.request()

    latest = Latest(work, name="test", per_second=100)
    latest.request()
    latest.settle(5)
    assert len(seen) == 2


def test_a_stopwatch_counts_only_while_it_runs():
    watch = Stopwatch()
    watch.go()
    time.sleep(0.02)
    watch.hold()
    held = watch.seconds
    time.sleep(0.02)
    assert watch.seconds == held >= 0.02
    watch.go()
    watch.go()
    assert watch.seconds < held + 0.02


def test_work_that_looks_for_no_stop_is_ended_from_outside():
    def deaf():
        while True:
            time.sleep(0.001)

    job = Job(deaf, name="deaf", threads=1).start()
    job.interrupt()
    job.interrupt()
    with pytest.raises(Stopped):
        job.wait(10)
    assert job.result is None


class Held:
    """Lets a thread go round where Python 3.11 lets go of what is raised, and goes on: in `__del__`."""

    def __init__(self, inside: threading.Event) -> None:
        self._inside = inside

    def __del__(self) -> None:
        self._inside.set()
        while True:
            time.sleep(0.001)


def held_in_del(inside: threading.Event) -> None:
    Held(inside)
    while True:
        time.sleep(0.001)


def held_in_a_weak_reference(inside: threading.Event) -> None:
    def gone(_: object) -> None:
        inside.set()
        while True:
            time.sleep(0.001)

    thing = threading.Event()
    kept = weakref.ref(thing, gone)
    del thing
    while kept() is None:
        time.sleep(0.001)


def held_in_the_garbage_collector(inside: threading.Event) -> None:
    me = threading.get_ident()

    def collected(phase: str, _: dict[str, int]) -> None:
        while phase == "start" and threading.get_ident() == me:
            inside.set()
            time.sleep(0.001)

    gc.callbacks.append(collected)
    try:
        gc.collect()
        while True:
            time.sleep(0.001)
    finally:
        gc.callbacks.remove(collected)


@pytest.mark.parametrize("held", [held_in_del, held_in_a_weak_reference, held_in_the_garbage_collector])
def test_a_strike_that_python_lets_go_of_is_struck_again_and_nothing_is_printed(held, monkeypatch):
    inside, told = threading.Event(), []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    job = Job(lambda: held(inside), name="swallow", threads=1).start()
    assert inside.wait(20)
    job.interrupt()
    with pytest.raises(Stopped):
        job.wait(20)
    assert told == []


def test_what_else_python_cannot_raise_is_told_as_before(monkeypatch):
    class Broken:
        def __del__(self) -> None:
            raise ValueError("not mine")

    told, begun = [], threading.Event()
    monkeypatch.setattr(sys, "unraisablehook", lambda seen: told.append(str(seen.exc_value)))

    def work() -> None:
        begun.set()
        while True:
            time.sleep(0.001)

    for number in range(3):  # each installs what notes strikes at most once
        begun.clear()
        job = Job(work, name="struck", threads=1).start()
        assert begun.wait(20)
        job.interrupt()
        assert job.join(20)
        Broken()
        assert told == ["not mine"] * (number + 1)


def test_work_that_is_over_or_not_begun_is_not_struck():
    job = Job(lambda: 7, name="quick", threads=1)
    job.interrupt()
    job.start()
    assert job.wait(10) == 7
    job.interrupt()
    assert job.wait(10) == 7


def test_a_strike_at_any_moment_leaves_a_job_that_is_over():
    told = []
    for pause in range(60):
        job = Job(lambda: sum(range(200)), name="short", threads=1, done=lambda: told.append(1)).start()
        for _ in range(20 * pause):
            pass
        job.interrupt()
        assert job.join(10)
        assert (job.error is None) is (job.result is not None)
    assert len(told) == 60


def test_work_that_breaks_when_it_is_ended_counts_as_stopped():
    begun = threading.Event()

    def work():
        begun.set()
        try:
            while True:
                time.sleep(0.001)
        except Stopped:
            raise SystemError("AST constructor recursion depth mismatch") from None  # as Python 3.11 does

    job = Job(work, name="parse", threads=1).start()
    assert begun.wait(20)
    job.interrupt()
    with pytest.raises(Stopped) as caught:
        job.wait(20)
    assert isinstance(caught.value.__cause__, SystemError)
