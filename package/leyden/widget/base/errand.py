"""Work on a whole container beside the notebook: one piece at a time, with its progress and a way to stop it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, TypeAlias, final

import torch

from leyden.data.look.reading import Progress
from leyden.errors import PanelError
from leyden.widget.base.job import Job, Stopped, Stopwatch
from leyden.widget.base.panel import explain

__all__ = ["Errand", "LookStatus"]

LookStatus: TypeAlias = Literal["idle", "running", "stopping", "finished", "stopped", "failed"]
"""Where work on all elements is: not begun, at work, ending as asked; then over by itself, as asked, by an error."""

_GRACE = 60.0


@final
class Errand:
    """Runs one piece of work at a time in the background.

    Args:
        changed: called after every change, on whichever thread made it.

    Examples:
        >>> errand = Errand(lambda: None)
        >>> errand.start(lambda progress: progress(3, 3), "counting"); errand.wait(5)
        >>> errand.status, errand.what, errand.progress
        ('finished', 'counting', (3, 3))
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.RLock()
        self._job: Job[None] | None = None
        self._threads = torch.get_num_threads()  # of the thread that made it
        self._watch = Stopwatch()
        self._at_once = False
        self.status: LookStatus = "idle"
        self.what = ""
        self.progress = (0, 0)
        self.problem = ""

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self.status in ("running", "stopping")

    @property
    def seconds(self) -> float:
        """How long the present or last piece of work took so far."""
        return self._watch.seconds

    @property
    def remaining(self) -> float | None:
        """Seconds left, as the pieces took so far; None before the first, and where nothing is under way."""
        done, total = self.progress
        return self.seconds / done * max(0, total - done) if self.busy and done else None

    def start(self, work: Callable[[Progress], object], what: str, *, at_once: bool = False) -> None:
        """Begin a piece of work; it is given what to call with its progress, which returns False once it should end.

        Args:
            work: what to do, in the background.
            what: its name, for messages.
            at_once: for work that looks for no stop itself: it is ended as Ctrl-C ends a cell.

        Raises:
            PanelError: another one is under way.
        """
        with self._lock:
            if self.busy:
                raise PanelError(f"{self.what} is under way: wait() for it, or stop() it first")
            self.status, self.what, self.progress, self.problem = "running", what, (0, 0), ""
            self._at_once, self._watch = at_once, Stopwatch()
            self._watch.go()
            self._job = Job(lambda: self._run(work), name="look", threads=self._threads, done=self._over)
            self._job.start()
        self._changed()

    def stop(self) -> None:
        """End the work after the present element; what was found so far is kept.

        Raises:
            PanelError: nothing is under way.
        """
        with self._lock:
            if self.status != "running":
                raise PanelError(f"there is nothing to stop: {self.what or 'the look'} is {self.status}")
            self._end()
        self._changed()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the work is over; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: nothing was begun, or it is not over in time. What the work raised is raised again.
        """
        job = self._job
        if job is None:
            raise PanelError("there is nothing to wait for: begin some first")
        with suppress(Stopped):
            try:
                job.wait(timeout)
            except KeyboardInterrupt:
                if self.status == "running":
                    self.stop()
                job.wait(_GRACE)

    def close(self) -> None:
        """Stop what is under way, and return when the thread has ended.

        Raises:
            PanelError: one element takes longer than a minute.
        """
        with self._lock:
            job = self._job
            if self.status == "running":
                self._end()
        if job is not None and not job.join(_GRACE):
            raise PanelError(f"{self.what} has not ended within {_GRACE:g} s: it stops after its present element")

    def _end(self) -> None:
        self.status = "stopping"
        if self._at_once and self._job is not None:
            self._job.interrupt()

    def _run(self, work: Callable[[Progress], object]) -> None:
        work(self._told)

    def _told(self, done: int, total: int) -> bool:
        self.progress = (done, total)
        self._changed()
        return self.status == "running"

    def _over(self) -> None:
        with self._lock:
            job = self._job
            assert job is not None, "it runs this"
            self._watch.hold()
            if isinstance(job.error, Stopped):
                self.status = "stopped"
            elif job.error is not None:
                self.status, self.problem = "failed", explain(job.error, more="(panel.wait() raises it again)")
            else:
                self.status = "stopped" if self.status == "stopping" else "finished"
        self._changed()
