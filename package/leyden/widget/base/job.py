"""Work beside the notebook: one job in a thread of its own, and drawing that never falls behind."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar, final

import torch

from leyden.errors import PanelError

__all__ = ["Job", "Latest", "Stopped", "Stopwatch"]

_AGAIN = 1.0
"""Seconds after which work that went on may be struck once more: its end takes far less, unless it clears up."""

_SOON = 0.05
"""Seconds between looks for a strike that Python let go of."""

_LOST: set[int] = set()
"""Threads in which Python let go of a strike."""

_Result = TypeVar("_Result")


@final
class Stopped(BaseException):
    """Work was ended from outside; no `Exception`, so that no work takes it for a fault of its own."""


@final
class Job(Generic[_Result]):
    """One piece of work in a background thread, which keeps what it returned or raised.

    Args:
        work: called once, in the thread.
        name: name of the thread, for whoever lists them.
        done: called in the thread when the work is over, whether it returned or raised.
        threads: torch's threads inside an operator, for this thread. torch counts them per Python thread: a thread that
            does not set them runs many times slower or faster, and rounds differently, than the one that made it.

    Examples:
        >>> job = Job(lambda: 6 * 7, name="answer", threads=1).start()
        >>> job.wait(timeout=5)
        42
    """

    def __init__(
        self, work: Callable[[], _Result], *, name: str, threads: int, done: Callable[[], None] | None = None
    ) -> None:
        self._work = work
        self._done = done
        self._threads = threads
        self._result: list[_Result] = []
        self._finished = False
        self._ended = threading.Event()
        self._gate = threading.Lock()
        self._open = False
        self._struck: float | None = None
        self._guard: threading.Thread | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"leyden-{name}", daemon=True)

    @property
    def result(self) -> _Result | None:
        """What the work returned; None before that, and where it raised."""
        return self._result[0] if self._result else None

    @property
    def running(self) -> bool:
        """Whether the work is under way; no more so when `done` is called."""
        return self._thread.is_alive() and not self._finished

    def start(self) -> "Job[_Result]":
        """Starts the thread and returns the job."""
        self._thread.start()
        return self

    def interrupt(self) -> None:
        """Ends work that looks for no stop itself, at its next line of Python, as Ctrl-C ends a cell.

        The job's error is then `Stopped`, whatever the work makes of it. An operator that is at work in C, as a
        product of matrices, ends first. Where Python lets go of what is raised, as it does in `__del__` and in the
        garbage collector's callbacks, it is raised again. Work that catches it and goes on is ended by a later call.
        Without effect before the start, once the work is over, and within a second of the last time.
        """
        with self._gate:
            ident, now = self._thread.ident, time.monotonic()
            if ident is None or self._finished or (self._struck is not None and now - self._struck < _AGAIN):
                return
            self._struck = now
            if not self._open:
                return
            _note_lost()
            _raise_in(ident, Stopped)
            if self._guard is None:
                name = f"{self._thread.name}-stop"
                self._guard = threading.Thread(target=self._see_to_it, args=(ident,), name=name, daemon=True)
                self._guard.start()

    def join(self, timeout: float | None = None) -> bool:
        """Waits until the thread has ended, at most `timeout` seconds; returns whether it has."""
        # Not Thread.join alone: Ctrl-C in it makes Python 3.11 take a living thread for a dead one (bpo-45274).
        if not self._ended.wait(timeout):
            return False
        self._thread.join()
        if self._guard is not None:
            self._guard.join()
        return True

    def wait(self, timeout: float | None = None) -> _Result:
        """Waits for the work and returns its result.

        Raises:
            PanelError: it is still at work after `timeout` seconds. What the work raised is raised again.
        """
        if not self.join(timeout):
            raise PanelError(f"{self._thread.name} is still at work after {timeout:g} s: wait longer, or stop it")
        if self.error is not None:
            raise self.error
        return self._result[0]

    def _run(self) -> None:
        torch.set_num_threads(self._threads)
        try:
            try:
                self._unseal()
                self._result.append(self._work())
            finally:
                self._seal()
        except BaseException as error:  # the thread has no caller: whoever waits gets it, an exit too
            self.error = self._told(error)
            self._result.clear()
            self._seal()  # the first time it may have been struck itself; hardly again so soon
        try:
            if self._done is not None:
                self._done()
        finally:
            self._ended.set()

    def _see_to_it(self, ident: int) -> None:
        """Until the work is over: strike again where a strike was lost."""
        while not self._ended.wait(_SOON):
            with self._gate:
                if self._finished:
                    return
                if ident in _LOST:
                    _LOST.discard(ident)
                    _raise_in(ident, Stopped)

    def _told(self, error: BaseException) -> BaseException:
        """What ended the work: a stop, too, where it hit what cannot bear one, such as Python's own parser."""
        if self._struck is None or isinstance(error, Stopped):
            return error
        stopped = Stopped()
        stopped.__cause__ = error
        return stopped

    def _unseal(self) -> None:
        """From here on what is raised from outside is caught; who was struck before that does not begin."""
        with self._gate:
            self._open = True
            if self._struck is not None:
                raise Stopped

    def _seal(self) -> None:
        """From here on nothing is raised in the thread from outside, nor is anything still under way."""
        with self._gate:
            self._finished = True
        _raise_in(threading.get_ident(), None)
        _LOST.discard(threading.get_ident())


def _raise_in(ident: int, error: type[BaseException] | None) -> None:
    """Raise an error in a thread at its next line of Python; None takes back what was not raised yet."""
    given = ctypes.c_void_p() if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), given)


def _note_lost() -> None:
    """From here on a strike that Python lets go of is noted instead of printed; all else is told as before."""
    before = sys.unraisablehook
    if getattr(before, "notes_strikes", False):
        return

    def note(lost: Any) -> None:  # sys.UnraisableHookArgs, a name for type checkers only
        if lost.exc_type is Stopped:
            _LOST.add(threading.get_ident())
        else:
            before(lost)

    note.notes_strikes = True  # type: ignore[attr-defined]
    sys.unraisablehook = note


@final
class Latest:
    """Does the same work again whenever it is asked, in the background and at most so often.

    The first request is served at once; all that come while it is served become one, so the last is never lost and a
    thousand a second cost no more than `per_second`. A thread lives only while there is something to do.

    Args:
        work: what to do; it should catch what it can raise, for a thread has no caller.
        name: name of the thread.
        per_second: most times a second.

    Examples:
        >>> done = []
        >>> latest = Latest(lambda: done.append(1), name="demo", per_second=20)
        >>> for _ in range(1000): latest.request()
        >>> latest.settle(5), 1 <= len(done) < 10
        (True, True)
    """

    def __init__(self, work: Callable[[], None], *, name: str, per_second: float = 5.0) -> None:
        self._work = work
        self._name = f"leyden-{name}"
        self._period = 1 / per_second
        self._lock = threading.Lock()
        self._wanted = False
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._started = -float("inf")
        self._threads = torch.get_num_threads()  # of the thread that makes it, as for a Job

    def request(self) -> None:
        """Asks for the work to be done once more; without effect once closed."""
        with self._lock:
            if self._closed.is_set():
                return
            self._wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def settle(self, timeout: float | None = None) -> bool:
        """Waits until nothing is asked for any more, at most `timeout` seconds; returns whether that is so."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
            return not thread.is_alive()
        return True

    def close(self, timeout: float | None = None) -> bool:
        """Takes no more requests and waits for the work at hand; returns whether the thread has ended."""
        self._closed.set()
        return self.settle(timeout)

    def _run(self) -> None:
        torch.set_num_threads(self._threads)
        while True:
            self._closed.wait(max(0.0, self._started + self._period - time.monotonic()))
            with self._lock:
                if not self._wanted or self._closed.is_set():
                    self._thread = None
                    return
                self._wanted = False
            self._started = time.monotonic()
            self._work()
            with self._lock:
                if not self._wanted:
                    self._thread = None
                    return


@final
class Stopwatch:
    """Seconds that count only while it runs.

    Examples:
        >>> watch = Stopwatch()
        >>> watch.seconds
        0.0
    """

    def __init__(self) -> None:
        self._kept = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds counted so far."""
        since = self._since
        return self._kept + (0.0 if since is None else time.monotonic() - since)

    def go(self) -> None:
        """Counts from now on."""
        if self._since is None:
            self._since = time.monotonic()

    def hold(self) -> None:
        """Counts no further."""
        self._kept, self._since = self.seconds, None
