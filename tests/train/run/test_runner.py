import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.errors import TrainError
from leyden.train.run import Dask, Job, Runner, Serial, Threads

RUNNERS = {"serial": Serial(), "threads": Threads(3, insist=True), "dask": Dask(3, insist=True)}


@pytest.fixture(scope="module", autouse=True)
def closed():
    yield
    for runner in RUNNERS.values():
        runner.close()


@pytest.fixture(params=RUNNERS)
def runner(request):
    return RUNNERS[request.param]


class Failed(Exception):
    """What the jobs of these tests raise."""


@st.composite
def lists_of_jobs(draw):
    """For every job: what it waits for, whether it is free, whether it fails, and whether it takes a moment."""
    count = draw(st.integers(0, 9))
    plan = []
    for place in range(count):
        after = draw(st.lists(st.integers(0, place - 1), max_size=3)) if place else []
        chance = st.integers(0, 9)
        plan.append((tuple(after), draw(chance) < 7, draw(chance) < 1, draw(chance) < 3))
    return plan


class Record:
    """Makes jobs of a plan, and keeps when each began and ended, and on which thread."""

    def __init__(self, plan):
        self.spans, self.threads, self._lock = {}, {}, threading.Lock()
        self.count = 0
        self.jobs = [
            Job(f"job {place}", lambda place=place, rest=rest: self.act(place, *rest), after, free)
            for place, (after, free, *rest) in enumerate(plan)
        ]

    def now(self):
        with self._lock:
            self.count += 1
            return self.count

    def act(self, place, fails, waits):
        assert place not in self.spans, "a job was begun twice"
        begun = self.now()
        self.spans[place], self.threads[place] = (begun, None), threading.current_thread()
        if waits:
            time.sleep(0.001)
        self.spans[place] = (begun, self.now())
        if fails:
            raise Failed(f"job {place}")


def outcome(runner, plan):
    record = Record(plan)
    try:
        runner.run(record.jobs)
    except Failed as error:
        return record, str(error)
    return record, None


@pytest.mark.parametrize("name", ["threads", "dask"])
@settings(max_examples=60, deadline=None)
@given(plan=lists_of_jobs())
def test_every_runner_does_what_serial_does(name, plan):
    serial, expected = outcome(RUNNERS["serial"], plan)
    record, error = outcome(RUNNERS[name], plan)
    assert error == expected
    assert serial.spans.keys() <= record.spans.keys()
    if error is None:
        assert record.spans.keys() == set(range(len(plan)))
    for place, (begun, ended) in record.spans.items():
        assert ended is not None, "everything that was begun has ended"
        for other in plan[place][0]:
            assert record.spans[other][1] < begun, "what it waits for was done"
            assert not plan[other][2], "nothing that waits for a failed job begins"
    bound = [place for place in range(len(plan)) if not plan[place][1] and place in record.spans]
    assert all(record.threads[place] is threading.main_thread() for place in bound)
    assert sorted(bound, key=lambda place: record.spans[place]) == bound, "bound jobs run in the order of the list"


def test_a_runner_runs_no_jobs_and_one(runner):
    done = []
    runner.run([])
    runner.run([Job("A", lambda: done.append("A"))])
    runner.run((Job("A", lambda: done.append("B"), free=False),))
    assert done == ["A", "B"]


def test_a_job_that_names_what_it_waits_for_twice_waits_once(runner):
    done = []
    jobs = [Job("A", lambda: done.append("A")), Job("B", lambda: done.append("B"), after=(0, 0))]
    runner.run([*jobs, Job("C", lambda: done.append("C"), after=(1,), free=False)])
    assert done == ["A", "B", "C"]


def test_a_wrong_list_is_refused_before_anything_begins(runner):
    done = []
    with pytest.raises(TrainError, match=r"job 1, B, waits for job 2"):
        runner.run([Job("A", lambda: done.append("A")), Job("B", print, after=(2,)), Job("C", print)])
    assert not done


def test_a_job_may_run_jobs_itself(runner):
    done = []

    def outer():
        runner.run([Job("inner", lambda: done.append("inner")) for _ in range(4)])

    runner.run([Job("outer", outer) for _ in range(4)])
    assert done == ["inner"] * 16


def test_an_error_names_the_job_and_keeps_its_traceback(runner):
    def burst():
        raise Failed("pipe")

    with pytest.raises(Failed, match="pipe") as caught:
        runner.run([Job("Quiet", lambda: None), Job("Plumber", burst), Job("Quiet 2", lambda: None)])
    assert caught.value.__notes__[0].startswith("raised by Plumber, in the thread ")
    assert "burst" in [entry.name for entry in caught.traceback]


def test_a_runner_works_on_after_an_error(runner):
    done = []

    def burst():
        raise Failed

    with pytest.raises(Failed):
        runner.run([Job("A", burst), Job("B", burst)])
    runner.run([Job("A", lambda: done.append(1)), Job("B", lambda: done.append(1))])
    assert done == [1, 1]


def test_a_ctrl_c_that_reaches_a_job_ends_the_list(runner):
    done = []

    def interrupted():
        raise KeyboardInterrupt

    jobs = [Job("A", interrupted, free=False), Job("B", lambda: done.append("B"), after=(0,))]
    with pytest.raises(KeyboardInterrupt):
        runner.run([*jobs, Job("C", lambda: done.append("C"), after=(0,))])
    assert not done


def test_the_interface_is_two_methods():
    assert Runner.__abstractmethods__ == {"run", "close"}
    assert isinstance(Serial(), Runner)


def test_runners_print_as_the_expressions_that_made_them(runner):
    assert repr(eval(repr(runner))) == repr(runner)
