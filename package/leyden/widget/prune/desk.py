"""Work beside the notebook that never piles up: one piece at a time, and of each kind only the latest waits."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, final

import torch

from leyden.errors import PanelError
from leyden.widget.base.job import Job, Stopped, Stopwatch

__all__ = ["Desk"]

_GRACE = 60.0  # seconds that closing waits for the piece at hand


@final
class Desk:
    """Does pieces of work in the background, one after the other; a new one takes the place of one of its kind.

    Nothing given to it ever runs beside anything else given to it, so that functions of the user's need not be safe
    from threads. A thread lives only while there is something to do.

    Args:
        kinds: the kinds of work, the most urgent first.
        changed: called after every beginning and ending, on whichever thread made it.

    Examples:
        >>> done, gate = [], threading.Event()
        >>> desk = Desk(["look"], changed=lambda: None)
        >>> desk.ask("look", lambda: gate.wait(5))
        >>> for number in range(100): desk.ask("look", lambda number=number: done.append(number))
        >>> gate.set(); desk.wait(5)
        True
        >>> done
        [99]
    """

    def __init__(self, kinds: Sequence[str], changed: Callable[[], None]) -> None:
        self._kinds = tuple(kinds)
        self._changed = changed
        self._lock = threading.RLock()
        self._waiting: dict[str, Callable[[], Any]] = {}
        self._errors: dict[str, BaseException] = {}
        self._under_way = ""
        self._stopping = False
        self._job: Job[Any] | None = None
        self._watch, self._took = Stopwatch(), dict[str, float]()
        self._quiet = threading.Event()
        self._quiet.set()
        self._closed = False
        self._threads = torch.get_num_threads()  # of the thread that made it

    @property
    def under_way(self) -> str:
        """The kind of work at hand; empty where there is none."""
        return self._under_way

    @property
    def waiting(self) -> tuple[str, ...]:
        """The kinds of work that wait, the next first."""
        with self._lock:
            return tuple(kind for kind in self._kinds if kind in self._waiting)

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that what is at hand took so far, and seconds left if it takes as long as the last of its kind."""
        seconds, took = self._watch.seconds, self._took.get(self._under_way)
        return seconds, None if took is None else max(0.0, took - seconds)

    @property
    def stopping(self) -> bool:
        """Whether the work at hand was told to end, and has not ended yet."""
        return self._stopping

    @property
    def closed(self) -> bool:
        """Whether it takes no more work."""
        return self._closed

    @property
    def begun(self) -> bool:
        """Whether anything was ever asked for."""
        return self._job is not None

    @property
    def error(self) -> BaseException | None:
        """What the latest work of some kind raised, the most urgent kind first; None where all went well."""
        with self._lock:
            return next((self._errors[kind] for kind in self._kinds if kind in self._errors), None)

    def busy(self, kind: str) -> bool:
        """Whether work of a kind is at hand or waits."""
        with self._lock:
            return self._under_way == kind or kind in self._waiting

    def ask(self, kind: str, work: Callable[[], Any]) -> None:
        """Ask for a piece of work; returns at once. One of its kind that waits is dropped for it.

        Raises:
            PanelError: the desk is closed.
        """
        with self._lock:
            if self._closed:
                raise PanelError("this panel is closed: make a new one")
            self._waiting[kind] = work
            self._errors.pop(kind, None)
            if self._quiet.is_set():
                self._quiet.clear()
                self._begin()
        self._changed()

    def drop(self, kind: str) -> None:
        """Take back what waits of a kind, and forget its error; what is at hand goes on."""
        with self._lock:
            self._waiting.pop(kind, None)
            self._errors.pop(kind, None)
        self._changed()

    def stop(self) -> None:
        """Drop what waits, and end what is at hand at its next line of Python, as Ctrl-C ends a cell."""
        with self._lock:
            self._waiting.clear()
            if self._under_way and self._job is not None:
                self._stopping = True
                self._job.interrupt()
        self._changed()

    def take_error(self) -> BaseException | None:
        """Give `error`, and forget it."""
        with self._lock:
            kind = next((kind for kind in self._kinds if kind in self._errors), "")
            return self._errors.pop(kind, None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is nothing to do, at most `timeout` seconds; returns whether that is so."""
        if not self._quiet.wait(timeout):
            return False
        job = self._job
        return job is None or job.join(_GRACE)

    def close(self) -> None:
        """Take no more work, end what is at hand, and return when it has ended.

        Raises:
            PanelError: it takes longer than a minute.
        """
        with self._lock:
            self._closed = True
        self.stop()
        if not self.wait(_GRACE):
            raise PanelError(f"the panel has not closed: {self._under_way} goes on for more than {_GRACE:g} s")

    def _begin(self) -> None:
        """Begin the most urgent piece of work that waits, under the lock; where none does, all is quiet."""
        kind = next((kind for kind in self._kinds if kind in self._waiting), "")
        self._under_way, self._stopping = kind, False
        if not kind:
            self._quiet.set()
            return
        work, before = self._waiting.pop(kind), self._job

        def alone() -> Any:
            if before is not None:
                before.join()  # its thread has told that it is over, and may be about to end only
            return work()

        self._watch = Stopwatch()
        self._watch.go()
        self._job = Job(alone, name="prune", threads=self._threads, done=self._over)
        self._job.start()

    def _over(self) -> None:
        with self._lock:
            job = self._job
            assert job is not None, "it runs this"
            if job.error is None:
                self._took[self._under_way] = self._watch.seconds
            elif not isinstance(job.error, Stopped):
                self._errors[self._under_way] = job.error  # whoever waits gets it, an exit too
            self._begin()
        self._changed()
