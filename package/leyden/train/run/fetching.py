"""A thread that fetches what an iterator has next, while the reader is busy with what it had before."""

import copy
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeAlias, final

import torch

from leyden.train.run.surroundings import Surroundings

__all__ = ["Fetched", "Plan", "Worker"]


# Tuples are typed loosely here for the reason that `generators` gives.
@final
@dataclass(frozen=True)
class Fetched:
    """A batch, or what went wrong instead, and where the loader stood behind it.

    Attributes:
        batch: what was fetched.
        error: what was raised; StopIteration at the end.
        state: the loader's `state_dict()`, copied.
        stands: the states of the loader's own generators.
    """

    batch: Any
    error: BaseException | None
    state: Any
    stands: tuple[Any, ...]


@final
@dataclass(frozen=True)
class Plan:
    """What a worker does.

    Attributes:
        iterator: what it fetches from.
        count: how many batches; None for all.
        ahead: batches under way or waiting at most.
        state_dict: asked behind every batch, where the loader has one.
        own: generators that only the loader draws from.
    """

    iterator: Iterator[Any]
    count: int | None
    ahead: int
    state_dict: Callable[[], Any] | None
    own: tuple[Any, ...]

    def state(self) -> Any:
        """The loader's state, copied."""
        return None if self.state_dict is None else copy.deepcopy(self.state_dict())

    def stands(self) -> tuple[Any, ...]:
        """The states of the loader's own generators."""
        return tuple(generator.get_state() for generator in self.own)


_Queue: TypeAlias = "SimpleQueue[Fetched | None]"


@final
class Worker:
    """One thread and what passes between it and the reader; it runs as the calling thread does, torch's cores included.

    With fewer cores for torch some sums would come out different in their last bits.

    Args:
        plan: what to fetch.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan, self._left = plan, plan.count
        self._fetched: _Queue = SimpleQueue()
        self._room = threading.Semaphore(plan.ahead)
        self._stopped = threading.Event()
        self._seen = plan.stands()
        self._over = False
        work = partial(Surroundings.here().run, partial(_fetch, plan, self._fetched, self._room, self._stopped))
        self._thread = threading.Thread(
            target=_run, args=(work, torch.get_num_threads()), name="leyden-source", daemon=True
        )
        self._thread.start()

    def take(self) -> Fetched | None:
        """Waits for what comes next; None if the reader has to fetch that itself. Ctrl-C meanwhile ends the thread."""
        if self._over:
            return None
        try:
            fetched = self._fetched.get()
        except BaseException:
            self.stop()
            raise
        if fetched is not None:
            self._seen = fetched.stands
            self._left = None if self._left is None else self._left - 1
        self._over = fetched is None or fetched.error is not None or self._left == 0
        if self._over:
            self._thread.join()
        else:
            self._room.release()
        return fetched

    def stop(self) -> None:
        """Returns when the thread is gone; its own generators then stand where they stood behind what was taken.

        A batch that is being fetched is awaited. What was fetched and not taken can still be taken.
        """
        first = not self._stopped.is_set()
        self._stopped.set()
        self._room.release()
        if self._thread is threading.current_thread():
            return  # the garbage collector may end a loop on the loop's own thread, which cannot wait for itself
        self._thread.join()
        if first and not self._over and self._fetched.qsize() > 1:  # the last thing in it says that it is the last
            for generator, state in zip(self._plan.own, self._seen, strict=True):
                generator.set_state(state)


def _run(work: Callable[[], None], threads: int) -> None:
    torch.get_num_threads()  # a thread's first such call sets it to what holds for all, undoing the next line
    torch.set_num_threads(threads)
    work()


def _fetch(plan: Plan, fetched: _Queue, room: threading.Semaphore, stopped: threading.Event) -> None:
    left = plan.count
    while left != 0:
        room.acquire()
        if stopped.is_set():
            break
        try:
            # no name here holds the batch: the reader alone keeps it alive
            fetched.put(Fetched(next(plan.iterator), None, plan.state(), plan.stands()))
        except BaseException as error:  # whatever it is, it is the reader's to see
            fetched.put(Fetched(None, error, None, plan.stands()))
            break
        left = None if left is None else left - 1
    fetched.put(None)
