"""One callback's part of a hook, as a value that a runner can run."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

from leyden.errors import TrainError

__all__ = ["Job", "Round"]


@final
@dataclass(frozen=True)
class Job:
    """Something to do, and what it waits for.

    Attributes:
        name: who does it, for errors.
        act: does it.
        after: places in the list of jobs that it waits for, from 0; each is smaller than its own.
        free: whether it may run on another thread than the one that calls the runner.

    Examples:
        >>> Job("Recorder", print, after=(0,))
        Job(name='Recorder', act=<built-in function print>, after=(0,), free=True)
    """

    name: str
    act: Callable[[], None]
    after: tuple[int, ...] = ()
    free: bool = True


@final
class Round:
    """A list of jobs that is being run: what failed, and what may therefore still begin.

    Once a job has failed, those listed after it do not begin, and those listed before it do: the error that is raised
    in the end is the one that running them one by one, in order, would have met.

    Args:
        jobs: in an order in which they could run one by one.

    Raises:
        TrainError: a job waits for itself, for a later one or for none of the list.

    Examples:
        >>> Round([Job("A", print), Job("B", print, after=(1,))])
        Traceback (most recent call last):
        leyden.errors.TrainError: job 1, B, waits for job 1; a job waits for jobs that are listed before it
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self._failed: dict[int, BaseException] = {}
        self._limit = len(jobs)
        self._lock = threading.Lock()
        for place, job in enumerate(jobs):
            if job.after and not (min(job.after) >= 0 and max(job.after) < place):
                strange = next(other for other in job.after if not 0 <= other < place)
                raise TrainError(
                    f"job {place}, {job.name}, waits for job {strange}; a job waits for jobs that are listed before it"
                )

    def perform(self, place: int) -> None:
        """Does one job, on this thread, unless one before it has failed; keeps its error."""
        if place >= self._limit:
            return
        job = self.jobs[place]
        try:
            job.act()
        except BaseException as error:  # whatever it is, it is the caller's to see
            where = threading.current_thread().name
            note = f"raised by {job.name}, in the thread {where}"
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
            with self._lock:
                self._failed[place] = error
                self._limit = min(self._limit, place)

    def stop(self) -> None:
        """Lets nothing begin any more."""
        with self._lock:
            self._limit = -1

    def settle(self) -> None:
        """Raises the error of the first job in the list that failed, if one did."""
        if not self._failed:
            return
        first = self._failed[min(self._failed)]
        self._failed.clear()
        try:
            raise first
        finally:
            del first  # its traceback holds this frame: without this, a cycle keeps all that it can see
