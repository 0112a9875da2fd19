"""Work beside the notebook that never piles up: one piece at a time, and of each kind only the latest waits."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, final

import torch

from leyden.errors import PanelError
from leyden.widget.base.job import Job

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
        self._job: Job[None] | None = None
        self._idle = True
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
            if self._idle:
                self._idle = False
                self._job = Job(self._run, name="prune", threads=self._threads)
                self._job.start()
        self._changed()

    def drop(self, kind: str) -> None:
        """Take back what waits of a kind, and forget its error; what is at hand goes on."""
        with self._lock:
            self._waiting.pop(kind, None)
            self._errors.pop(kind, None)
        self._changed()

    def take_error(self) -> BaseException | None:
        """Give `error`, and forget it."""
        with self._lock:
            kind = next((kind for kind in self._kinds if kind in self._errors), "")
            return self._errors.pop(kind, None)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is nothing to do, at most `timeout` seconds; returns whether that is so."""
        job = self._job
        return job is None or job.join(timeout)

    def close(self) -> None:
        """Take no more work, drop what waits, and return when what is at hand is over.

        Raises:
            PanelError: it takes longer than a minute.
        """
        with self._lock:
            self._closed = True
            self._waiting.clear()
        if not self.wait(_GRACE):
            raise PanelError(f"the panel has not closed: {self._under_way} goes on for more than {_GRACE:g} s")

    def _run(self) -> None:
        while True:
            with self._lock:
                kind = next((kind for kind in self._kinds if kind in self._waiting), "")
                self._under_way = kind
                if not kind:
                    self._idle = True
                    break
                work = self._waiting.pop(kind)
            self._changed()
            try:
                with torch.enable_grad():  # each piece begins as a thread does, whatever the last one switched off
                    work()
            except BaseException as error:  # the thread has no caller: whoever waits gets it, an exit too
                with self._lock:
                    self._errors[kind] = error
        self._changed()
