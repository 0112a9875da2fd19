"""The runner that runs jobs side by side, on threads of its own."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, final

from leyden.train.run.crew import Crew
from leyden.train.run.job import Job, Round
from leyden.train.run.machine import check_crew
from leyden.train.run.runner import Runner, Serial
from leyden.train.run.surroundings import Surroundings

__all__ = ["Threads"]


@final
class Threads(Runner):
    """Runs jobs that are free side by side on threads that are kept from hook to hook; all others where it is called.

    It pays where jobs wait, as for a disk or a server, or compute outside of Python's lock, as torch and numpy do. A
    free job that has nothing to run beside runs on the calling thread, which saves the way. What torch and Python keep
    for each thread by itself (gradients, inference mode, autocast, CUDA's device and stream, context variables) holds
    in a job as it does for the caller.

    The threads start with the first job that needs one, and end with `close`, or when the runner is dropped. Copied or
    pickled, it comes without them.

    Args:
        workers: jobs side by side at most.
        threads: cores that torch may use in each worker.
        insist: let workers x threads be more than `cores()`.

    Raises:
        TrainError: a number makes no sense, or there are too few cores.

    Examples:
        >>> runner = Threads(2, insist=True)
        >>> told = []
        >>> runner.run([Job("A", lambda: told.append("a")), Job("B", lambda: told.append("b"), after=(0,))])
        >>> runner.close()
        >>> told, runner
        (['a', 'b'], Threads(2, threads=1, insist=True))
    """

    def __init__(self, workers: int = 2, *, threads: int = 1, insist: bool = False) -> None:
        check_crew("Threads", workers, threads=threads, insist=insist)
        self.workers, self.threads, self.insist = workers, threads, insist
        self._crew: Crew | None = None
        self._lock = threading.Lock()

    def run(self, jobs: Sequence[Job]) -> None:
        """See `Runner.run`; a job on another thread costs about 50 us more than one that is just called.

        After Ctrl-C nothing more begins, what has begun is awaited, and KeyboardInterrupt is raised; a second one does
        not wait.
        """
        crew = self._crew
        # a job that runs jobs itself must not wait for threads that wait for it
        if len(jobs) < 2 or not any(job.free for job in jobs) or (crew is not None and crew.member()):
            Serial().run(jobs)
            return
        shift = _Shift(jobs, self._submit)
        try:
            shift.lead()
        except BaseException:  # Ctrl-C between two jobs
            shift.abandon()
            raise
        shift.settle()

    def close(self) -> None:
        """See `Runner.close`."""
        with self._lock:
            crew, self._crew = self._crew, None
        if crew is not None:
            crew.dismiss()

    def _submit(self, task: Callable[[], None]) -> None:
        with self._lock:
            if self._crew is None or not self._crew.usable():
                self._crew = Crew(self.workers, threads=self.threads)
            self._crew.submit(task)

    def __repr__(self) -> str:
        return f"Threads({self.workers}, threads={self.threads}{', insist=True' if self.insist else ''})"

    def __getstate__(self) -> dict[str, Any]:
        return {"workers": self.workers, "threads": self.threads, "insist": self.insist}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["workers"], threads=state["threads"], insist=True)  # it may come from a larger machine
        self.insist = state["insist"]


@final
class _Shift:
    """One list of jobs on its way: what still waits, what could begin, what was begun elsewhere."""

    def __init__(self, jobs: Sequence[Job], submit: Callable[[Callable[[], None]], None]) -> None:
        self._round = Round(jobs)
        self._jobs, self._submit = jobs, submit
        self._surroundings = Surroundings.here()
        self._open = [len(set(job.after)) for job in jobs]
        self._next: list[list[int]] = [[] for _ in jobs]
        for place, job in enumerate(jobs):
            for other in set(job.after):
                self._next[other].append(place)
        self._ready = deque(place for place, job in enumerate(jobs) if job.free and not self._open[place])
        self._away = 0  # jobs that were given to other threads and are not done
        self._left = len(jobs)
        self._idle = False  # whether the calling thread waits
        self._change = threading.Condition()

    def lead(self) -> None:
        """Runs the jobs that are not free, in order, as soon as each may begin; returns when all jobs are done."""
        for place, job in enumerate(self._jobs):
            if not job.free:
                self._wait(partial(self._may_begin, place))
                self._round.perform(place)
                self._done(place)
        self._wait(lambda: not self._left)

    def settle(self) -> None:
        """Raises the first job's error."""
        self._round.settle()

    def abandon(self) -> None:
        """Begins nothing more, and waits for what has begun."""
        self._round.stop()
        with self._change:
            self._ready.clear()
            self._change.wait_for(lambda: not self._away)

    def _may_begin(self, place: int) -> bool:
        return not self._open[place]

    def _wait(self, due: Callable[[], bool]) -> None:
        """Returns when something holds; meanwhile does the one job that could begin, where no other thread is busy."""
        while True:
            with self._change:
                self._idle = True
                self._hand_out()
                while not (due() or self._ready):
                    self._change.wait()
                self._idle = False
                if due():
                    self._hand_out()
                    return
                place = self._ready.popleft()
            self._round.perform(place)
            self._done(place)

    def _hand_out(self) -> None:
        """Gives what could begin to other threads, but for a single job that the calling thread has time for."""
        if self._idle and not self._away and len(self._ready) == 1:
            return
        while self._ready:
            self._submit(partial(self._perform, self._ready.popleft()))
            self._away += 1

    def _perform(self, place: int) -> None:
        """One job, on another thread."""
        try:
            self._surroundings.run(partial(self._round.perform, place))
        finally:
            self._done(place, away=1)

    def _done(self, place: int, *, away: int = 0) -> None:
        with self._change:
            self._away -= away
            self._left -= 1
            for other in self._next[place]:
                self._open[other] -= 1
                if self._jobs[other].free and not self._open[other]:
                    self._ready.append(other)
            if away:  # else it is the calling thread, which is about to look by itself
                self._hand_out()
                self._change.notify()
