"""The runner that hands a hook to Dask: it shows how an engine from outside is plugged in."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from importlib import import_module
from threading import Lock
from typing import Any, final

from leyden.errors import TrainError
from leyden.train.run.crew import Crew
from leyden.train.run.job import Job, Round
from leyden.train.run.machine import check_crew
from leyden.train.run.runner import Runner, Serial
from leyden.train.run.surroundings import Surroundings

__all__ = ["Dask"]


@final
class Dask(Runner):
    """Runs the free jobs of a hook as a graph of `dask.delayed` on local threads; all others where it is called.

    Jobs that are not free part a hook into stages: first everything that waits for none of them, as one graph of
    Dask's, then the next of them, and so on. A stage costs about a millisecond: it pays for long jobs only.

    Args:
        workers: jobs side by side at most.
        threads: cores that torch may use in each worker.
        insist: let workers x threads be more than `cores()`.

    Raises:
        TrainError: a number makes no sense, there are too few cores, or Dask is not installed.

    Examples:
        >>> runner = Dask(2, insist=True)
        >>> told = []
        >>> runner.run([Job("A", lambda: told.append("a")), Job("B", lambda: told.append("b"), after=(0,))])
        >>> runner.close()
        >>> told, runner
        (['a', 'b'], Dask(2, threads=1, insist=True))
    """

    def __init__(self, workers: int = 2, *, threads: int = 1, insist: bool = False) -> None:
        check_crew("Dask", workers, threads=threads, insist=insist)
        _dask()
        self.workers, self.threads, self.insist = workers, threads, insist
        self._crew: Crew | None = None
        self._lock = Lock()

    def run(self, jobs: Sequence[Job]) -> None:
        """See `Runner.run`."""
        # a job that runs jobs itself must not wait for threads that wait for it
        if self._crew is not None and self._crew.member():
            Serial().run(jobs)
            return
        current = Round(jobs)
        surroundings = Surroundings.here()
        done: set[int] = set()
        try:
            while len(done) < len(jobs):
                done |= self._stage(current, done, surroundings)
                done |= _here(current, done)
        except BaseException:  # Ctrl-C between two jobs
            current.stop()
            self.close()
            raise
        current.settle()

    def close(self) -> None:
        """See `Runner.close`."""
        with self._lock:
            crew, self._crew = self._crew, None
        if crew is not None:
            crew.dismiss()

    def _stage(self, current: Round, done: set[int], surroundings: Surroundings) -> set[int]:
        """Runs every free job that waits for none but what is done and what runs with it; which these were."""
        dask = _dask()
        tasks: dict[int, Any] = {}
        for place, job in enumerate(current.jobs):
            waits = [other for other in job.after if other not in done]
            if job.free and place not in done and all(other in tasks for other in waits):
                act = partial(_away, surroundings, current, place)
                tasks[place] = dask.delayed(act, pure=False)([tasks[other] for other in waits])
        if tasks:
            dask.compute(*tasks.values(), scheduler="threads", pool=_Pool(self._ready_crew(), self.workers))
        return set(tasks)

    def _ready_crew(self) -> Crew:
        with self._lock:
            if self._crew is None or not self._crew.usable():
                self._crew = Crew(self.workers, threads=self.threads)
            return self._crew

    def __repr__(self) -> str:
        return f"Dask({self.workers}, threads={self.threads}{', insist=True' if self.insist else ''})"

    def __getstate__(self) -> dict[str, Any]:
        return {"workers": self.workers, "threads": self.threads, "insist": self.insist}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["workers"], threads=state["threads"], insist=True)  # it may come from a larger machine
        self.insist = state["insist"]


@final
class _Pool(Executor):
    """A crew as Dask wants to see it; Dask's own threads would outlive the run."""

    def __init__(self, crew: Crew, workers: int) -> None:
        self._crew = crew
        self._max_workers = workers  # this is where Dask looks

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Has it called by the next thread that has nothing to do."""
        future: Future[Any] = Future()
        self._crew.submit(partial(_fulfil, future, partial(fn, *args, **kwargs)))
        return future


def _fulfil(future: "Future[Any]", call: Callable[[], Any]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:  # whatever it is, it is Dask's to see
        future.set_exception(error)


def _away(surroundings: Surroundings, current: Round, place: int, before: object) -> None:
    """One job on one of Dask's threads; `before` is what it waits for."""
    surroundings.run(partial(current.perform, place))


def _here(current: Round, done: set[int]) -> set[int]:
    """Runs the jobs that are not free and may begin, in order up to the first that may not; which these were."""
    found: set[int] = set()
    for place, job in enumerate(current.jobs):
        if job.free or place in done:
            continue
        if not all(other in done or other in found for other in job.after):
            break
        current.perform(place)
        found.add(place)
    return found


def _dask() -> Any:
    try:
        return import_module("dask")
    except ImportError as error:
        raise TrainError("Dask() needs dask, which is not installed: pip install dask; or take Threads()") from error
