import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from leyden.errors import TrainError
from leyden.train.run import Dask, Job, Serial, Threads, cores, crew

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture(params=[Threads, Dask])
def runner(request):
    runner = request.param(2, insist=True)
    yield runner
    runner.close()


def seconds(runner, jobs):
    start = time.perf_counter()
    runner.run(jobs)
    return time.perf_counter() - start


def test_two_jobs_that_sleep_take_little_more_than_one(runner):
    jobs = [Job("A", lambda: time.sleep(0.05)), Job("B", lambda: time.sleep(0.05))]
    runner.run(jobs)
    # a busy machine may hold one pair up, hardly three
    assert min(seconds(runner, jobs) for _ in range(3)) < 0.85 * seconds(Serial(), jobs)


def test_a_bound_job_runs_beside_free_ones_on_the_calling_thread():
    met = threading.Barrier(2)
    with_threads = Threads(1, insist=True)

    def meet():
        met.wait(5)

    with_threads.run([Job("free", meet), Job("bound", meet, free=False)])
    with_threads.close()


def test_jobs_side_by_side_run_on_named_threads_and_a_lone_one_here(runner):
    names = []
    met = threading.Barrier(2)

    def meet():
        met.wait(5)
        names.append(threading.current_thread().name)

    runner.run([Job("A", meet), Job("B", meet)])
    assert len(set(names)) == 2
    assert all(name.startswith("leyden-reader") for name in names)


def test_a_chain_of_jobs_stays_on_the_calling_thread():
    found = []
    jobs = [Job(str(at), lambda: found.append(threading.current_thread()), tuple(range(at))) for at in range(4)]
    runner = Threads(2, insist=True)
    runner.run(jobs)
    assert found == [threading.current_thread()] * 4
    assert not [each for each in threading.enumerate() if each.name.startswith("leyden-reader")]


def pair(act, *, alone=False):
    """The same job twice; each waits until the other has begun, so they run on two threads, unless `alone`."""
    met = threading.Barrier(2)

    def both():
        if not alone:
            met.wait(5)
        act()

    return [Job("A", both), Job("B", both)]


def test_gradient_and_inference_mode_go_with_a_job(runner):
    found = []
    jobs = pair(lambda: found.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled())))
    with torch.no_grad():
        runner.run(jobs)
    with torch.inference_mode():
        runner.run(jobs)
    runner.run(jobs)
    assert found == [(False, False)] * 2 + [(False, True)] * 2 + [(True, False)] * 2


def test_autocast_goes_with_a_job(runner):
    found = []
    jobs = pair(lambda: found.append((torch.ones(2, 2) @ torch.ones(2, 2)).dtype))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        runner.run(jobs)
    runner.run(jobs)
    assert found == [torch.bfloat16] * 2 + [torch.float32] * 2


def test_context_variables_go_with_a_job(runner):
    found = []
    with np.errstate(divide="raise", over="ignore"):
        runner.run(pair(lambda: found.append(np.geterr()["divide"])))
    assert found == ["raise"] * 2


@pytest.mark.parametrize("kind", [Threads, Dask])
def test_each_worker_has_its_torch_threads_and_the_caller_keeps_its_own(kind):
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    try:
        found, later = [], []
        runner = kind(2, threads=3, insist=True)
        runner.run(pair(lambda: found.append(torch.get_num_threads())))
        other = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
        other.start()
        other.join()
        runner.close()
        assert (found, later, torch.get_num_threads()) == ([3, 3], [4], 4)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("kind", [Threads, Dask])
def test_more_work_than_cores_is_refused(kind):
    with pytest.raises(TrainError, match=rf"{kind.__name__}: {cores() + 1} worker"):
        kind(cores() + 1)
    with pytest.raises(TrainError, match="2 torch thread"):
        kind(cores(), threads=2)


def test_a_runner_that_was_closed_starts_anew(runner):
    done = []
    for _ in range(2):
        runner.run(pair(lambda: done.append(1)))
        runner.close()
        runner.close()
    assert len(done) == 4


def test_threads_are_kept_from_run_to_run(runner):
    found = set()
    for _ in range(5):
        runner.run(pair(lambda: found.add(threading.current_thread())))
    assert len(found) == 2


def test_the_threads_of_a_dropped_runner_end():
    runner = Threads(2, insist=True)
    runner.run(pair(lambda: None))
    watched = weakref.ref(runner)
    del runner
    gc.collect()
    assert watched() is None


def test_a_worker_that_waits_keeps_nothing_alive():
    class Thing:
        pass

    thing = Thing()
    watched = weakref.ref(thing)
    runner = Threads(2, insist=True)
    jobs = pair(lambda thing=thing: None)
    runner.run(jobs)
    del thing, jobs
    gc.collect()
    time.sleep(0.05)
    assert watched() is None
    runner.close()


class Burst(Exception):
    """What a job of these tests raises."""


@pytest.mark.parametrize("kind", [Serial, Threads])
def test_an_error_keeps_nothing_alive_once_its_catcher_dropped_it(kind):
    class Thing:
        pass

    def burst(thing):
        raise Burst

    def run(runner):
        thing = Thing()
        watched.append(weakref.ref(thing))
        jobs = pair(lambda: burst(thing), alone=kind is Serial)
        try:
            runner.run(jobs)
        except Burst:
            return

    watched = []
    runner = kind() if kind is Serial else kind(2, insist=True)
    gc.disable()
    try:
        run(runner)
        assert watched[0]() is None
    finally:
        gc.enable()
        runner.close()


def test_a_runner_is_pickled_and_copied_without_its_threads(runner):
    runner.run(pair(lambda: None))
    done = []
    for other in (pickle.loads(pickle.dumps(runner)), copy.deepcopy(runner)):
        assert repr(other) == repr(runner)
        other.run(pair(lambda: done.append(1)))
        other.close()
    assert len(done) == 4


def test_a_runner_that_came_from_a_larger_machine_can_be_loaded():
    large = Threads(cores() + 1, insist=True)
    large.insist = False
    assert pickle.loads(pickle.dumps(large)).workers == cores() + 1


def test_ctrl_c_awaits_what_has_begun_and_begins_nothing_more(runner):
    begun, ended = [], []

    def slow():
        begun.append(1)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        ended.append(1)

    jobs = [Job("A", slow), Job("B", slow), Job("C", lambda: begun.append(2), after=(0, 1))]
    with pytest.raises(KeyboardInterrupt):
        runner.run([*jobs, Job("D", lambda: begun.append(3), after=(1,), free=False)])
    assert (begun, ended) == ([1, 1], [1, 1])
    runner.run(pair(lambda: ended.append(1)))
    assert len(ended) == 4


def test_two_callers_may_use_one_runner_at_once():
    runner = Threads(2, insist=True)
    done = []
    jobs = [Job(str(at), lambda: done.append(threading.get_ident()), (at - 2,) * (at > 1)) for at in range(40)]
    callers = [threading.Thread(target=runner.run, args=(jobs,)) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    runner.close()
    assert len(done) == 160


def test_a_forked_process_gets_threads_of_its_own():
    runner = Threads(2, insist=True)
    runner.run(pair(lambda: None))
    child = os.fork()
    if not child:
        done = []
        runner.run([Job("A", lambda: done.append(1)), Job("B", lambda: done.append(1))])
        os._exit(0 if len(done) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    runner.close()


def test_python_ends_under_threads_that_were_never_closed_and_never_saw_dask():
    # without Lightning, which takes seconds to load
    code = (
        "import sys, threading, types\n"
        "for name, path in zip(('leyden.train', 'leyden.train.run'), sys.argv[1:]):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    sys.modules[name].__path__ = [path]\n"
        "import leyden.train.run.delayed\n"
        "from leyden.train.run.job import Job\n"
        "from leyden.train.run.threads import Threads\n"
        "met = threading.Barrier(2)\n"
        "runner = Threads(2, insist=True)\n"
        "runner.run([Job('A', met.wait), Job('B', met.wait)])\n"
        "print('dask' in sys.modules, 'pytorch_lightning' in sys.modules)\n"
    )
    room = Path(crew.__file__).parent
    asked = [sys.executable, "-c", code, str(room.parent), str(room)]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "False False\n", "")
