"""Threads that wait for something to do, one after the other, and keep torch to a few cores each."""

import os
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeAlias, final

import torch

__all__ = ["Crew"]

_PATIENCE = 5.0  # seconds that Python's own end waits for a thread that hangs in somebody's code

_Tasks: TypeAlias = "SimpleQueue[Callable[[], None] | None]"


@final
class Crew:
    """Some threads that do what they are given, in the order in which it was given.

    They start at once, and end with `dismiss`, when nobody holds the crew any more, or with Python.

    Args:
        workers: how many threads.
        threads: cores that torch may use in each; what holds for other threads is left as it is.
    """

    def __init__(self, workers: int, *, threads: int) -> None:
        self._tasks: _Tasks = SimpleQueue()
        begun: SimpleQueue[None] = SimpleQueue()
        self._members = [
            threading.Thread(
                target=_work, args=(self._tasks, begun, threads), name=f"leyden-reader-{number}", daemon=True
            )
            for number in range(workers)
        ]
        self._owner = os.getpid()
        self._at_end = weakref.finalize(self, _dismiss, self._tasks, self._members, self._owner, _PATIENCE)
        for member in self._members:
            member.start()
        for _ in self._members:
            begun.get()
        # set_num_threads acts on its own thread and on all threads born later; the latter is taken back here
        torch.set_num_threads(torch.get_num_threads())

    def usable(self) -> bool:
        """Whether its threads are there: a process made by a fork has none of them."""
        return self._owner == os.getpid()

    def submit(self, task: Callable[[], None]) -> None:
        """Has something done by the next thread that has nothing to do; it must not raise."""
        self._tasks.put(task)

    def member(self) -> bool:
        """Whether the calling thread is one of them."""
        return threading.current_thread() in self._members

    def dismiss(self) -> None:
        """Returns when everything given was done and every thread has ended, but for the one that calls this."""
        _dismiss(self._tasks, self._members, self._owner, None)
        self._at_end.detach()


def _work(tasks: _Tasks, begun: "SimpleQueue[None]", threads: int) -> None:
    torch.get_num_threads()  # a thread's first such call sets it to what holds for all, undoing the next line
    torch.set_num_threads(threads)
    begun.put(None)
    while (task := tasks.get()) is not None:
        task()
        del task  # a thread that waits keeps nothing alive


def _dismiss(tasks: _Tasks, members: list[threading.Thread], owner: int, patience: float | None) -> None:
    if os.getpid() != owner:
        return
    for _ in members:
        tasks.put(None)
    # the garbage collector may end a crew on one of its own threads, which cannot wait for itself
    for member in members:
        if member.ident is not None and member is not threading.current_thread():  # Ctrl-C can come while they start
            member.join(patience)
