"""A crew of threads, which share out the making of one element where it is made of several."""

import os
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeAlias, final

import torch

from leyden.data.run.crew import Answer, Crew
from leyden.data.run.memory import keep_freed_memory

__all__ = ["Threads", "Work"]


@final
@dataclass(frozen=True)
class Work:
    """How one element is made of items that do not depend on one another.

    Args:
        items: how many.
        item: makes the item at a place.
        whole: makes the element of all of them.
    """

    items: int
    item: Callable[[int], Any]
    whole: Callable[[list[Any]], Any]


@final
class Threads(Crew):
    """Threads that run torch on one core each.

    The items of one element are parted among all threads: the first batch is there when all have worked on it, and none
    is idle while another makes the last one.

    Args:
        plan: says how the element of a task is made.
        workers: how many threads, at least 1.
    """

    def __init__(self, plan: Callable[[Any], Work], workers: int) -> None:
        self._plan, self.workers = plan, workers
        self._shares: _Shares = SimpleQueue()
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._limit = _Limit()
        self._members: list[threading.Thread] = []
        self._owner = os.getpid()
        self._at_exit = weakref.finalize(self, _dismiss, self._shares, self._limit, self._members, self._owner)

    def start(self) -> None:
        """Start every thread, each with one core for torch, and leave torch's setting for other threads as it was."""
        keep_freed_memory()
        cores = torch.get_num_threads()  # before any thread starts: a thread that never asked is told what was set last
        here = (self._shares, self._answers, self._limit, torch.is_grad_enabled())
        for number in range(self.workers):
            # daemons only in name: Python awaits other threads before it would end a loop that was left standing
            self._members.append(threading.Thread(target=_work, args=here, name=f"leyden-data_{number}", daemon=True))
            self._members[-1].start()
        for _ in self._members:
            self._answers.get()
        # set_num_threads acts on its own thread and on all threads born later; the latter is taken back here
        torch.set_num_threads(cores)

    def submit(self, number: int, task: Any) -> None:
        """See `Crew.submit`."""
        work = self._plan(task)
        parts = max(1, min(self.workers, work.items))
        job = _Job(number, work, parts)
        for part in range(parts):
            places = range(part * work.items // parts, (part + 1) * work.items // parts)
            self._shares.put((job, places))

    def receive(self) -> Answer:
        """See `Crew.receive`."""
        return self._answers.get()

    def dismiss(self) -> None:
        """See `Crew.dismiss`."""
        _dismiss(self._shares, self._limit, self._members, self._owner)
        self._at_exit.detach()


@final
class _Job:
    """One element in the making; the thread that finishes its last part makes it whole."""

    __slots__ = ("_lock", "_made", "_open", "_problems", "_work", "number")

    def __init__(self, number: int, work: Work, parts: int) -> None:
        self.number, self._work, self._open = number, work, parts
        self._made: list[Any] = [None] * work.items
        self._problems: dict[int, BaseException] = {}
        self._lock = threading.Lock()

    def done(self, places: range, limit: "_Limit") -> Answer | None:
        """Make the items at some places; the answer, if these were the last."""
        for place in places:
            if (self.number, place) > limit.last:
                break
            try:
                self._made[place] = self._work.item(place)
            except BaseException as error:  # whatever it is, it is the reader's to see
                self._problems[place] = error
                limit.lower(self.number, place)
        with self._lock:
            self._open -= 1
            if self._open:
                return None
        return self._whole(limit)

    def _whole(self, limit: "_Limit") -> Answer | None:
        if self._problems:
            return self.number, None, self._problems[min(self._problems)]
        if self.number > limit.last[0]:
            return None  # some items were left out
        try:
            return self.number, self._work.whole(self._made), None
        except BaseException as error:  # as above
            limit.lower(self.number, -1)
            return self.number, None, error


@final
class _Limit:
    """The number and place of the last item that may still be begun."""

    def __init__(self) -> None:
        self.last = (sys.maxsize, 0)
        self._lock = threading.Lock()

    def lower(self, number: int, place: int) -> None:
        with self._lock:
            self.last = min(self.last, (number, place))


_Shares: TypeAlias = "SimpleQueue[tuple[_Job, range] | None]"


def _work(shares: _Shares, answers: "SimpleQueue[Answer]", limit: _Limit, gradients: bool) -> None:
    torch.get_num_threads()  # a thread's first such call sets it to what holds for all, undoing the next line
    torch.set_num_threads(1)
    torch.set_grad_enabled(gradients)
    answers.put((-1, None, None))
    while (share := shares.get()) is not None:
        job, places = share
        answer = job.done(places, limit)
        if answer is not None:
            answers.put(answer)
        del share, job, answer  # a thread that waits keeps nothing alive


def _dismiss(shares: _Shares, limit: _Limit, members: list[threading.Thread], owner: int) -> None:
    if os.getpid() != owner:
        return  # a fork has no threads but the one that forked
    limit.lower(-1, 0)
    for _ in members:
        shares.put(None)
    # the garbage collector may end a loop on one of the loop's own threads, which cannot wait for itself
    if threading.current_thread() not in members:
        for member in members:
            if member.is_alive():
                member.join()
        members.clear()
