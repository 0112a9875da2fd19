"""Reading ahead on threads, `parallel`, and the whole pipe in torch's habit, `DataLoader`."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from operator import index as whole
from typing import ClassVar, final, overload

import torch

from leyden.data.pipe.collate import batch
from leyden.data.pipe.device import to_device
from leyden.data.pipe.order import shuffle as shuffle_step
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Step, applied
from leyden.data.pipe.view import Container, Element, View, describe, take
from leyden.errors import DataError

__all__ = ["DataLoader", "Parallel", "parallel"]


@final
@dataclass(frozen=True, repr=False)
class Parallel(Operation):
    """Make elements on several threads, ahead of time; see `parallel`."""

    verb: ClassVar[str] = "parallel"
    workers: int

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`; one element by itself is made at once, on the calling thread."""
        try:
            return take(source, index, moment)
        except Exception as error:
            # DataError's own kinds keep their kind, so that `except UnreadableImage` works with and without workers
            kind = type(error) if isinstance(error, DataError) else DataError
            what = str(error) if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
            raise kind(f"element {index} of {describe(source)}: {what}") from error

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`; at most two elements a worker are under way or waiting."""
        if self.workers == 0:
            yield from (self.at(source, index, moment) for index in indices)
            return
        crew = _Crew(self.workers)
        coming, waiting = iter(indices), deque[Future[Element]]()
        try:
            crew.start()
            while True:
                while len(waiting) < 2 * self.workers and (index := next(coming, None)) is not None:
                    waiting.append(crew.submit(self.at, source, index, moment))
                if not waiting:
                    return
                element = waiting.popleft().result()
                if not waiting:
                    crew.dismiss()  # whoever counts elements, as Lightning does, never asks for one after the last
                yield element
        finally:
            crew.dismiss()


@final
class _Crew:
    """Threads that run torch on one core each, and are gone when dismissed."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._members: set[int] = set()
        self._gathered = threading.Barrier(workers + 1)
        self._pool = ThreadPoolExecutor(workers, "leyden-data", self._enlist, (torch.is_grad_enabled(),))

    def start(self) -> None:
        """Start every thread, each with one core for torch, and leave torch's setting for other threads as it was."""
        for _ in range(self._workers):
            self._pool.submit(self._gathered.wait)
        self._gathered.wait()
        # set_num_threads acts on its own thread and on all threads born later; the latter is taken back here
        torch.set_num_threads(torch.get_num_threads())

    def submit(self, function: Callable[..., Element], *arguments: Element) -> "Future[Element]":
        """Have a call made by the next thread that is free."""
        return self._pool.submit(function, *arguments)

    def dismiss(self) -> None:
        """Drop what has not begun, and return when no thread is left."""
        self._gathered.abort()
        # the garbage collector may end a loop on one of the loop's own threads, which cannot wait for itself
        self._pool.shutdown(wait=threading.get_ident() not in self._members, cancel_futures=True)

    def _enlist(self, gradients: bool) -> None:
        self._members.add(threading.get_ident())
        torch.get_num_threads()  # a thread's first such call sets it to what holds for all, undoing the next line
        torch.set_num_threads(1)
        torch.set_grad_enabled(gradients)


@overload
def parallel(workers: int = ..., /) -> Step: ...
@overload
def parallel(data: Element, workers: int = ..., /) -> View: ...
def parallel(*given: Element) -> Element:
    """Make elements ahead of time on several threads; the same ones, in the same order, as without.

    Threads pay where the work releases Python's lock, as torch, numpy, PIL and file reading do. A loop starts the
    threads, keeps at most two elements a worker in store, and ends them when it ends: by its last element, an error,
    `break`, Ctrl-C or when it is dropped. Reading by index uses no thread. An error ends the loop in its element's
    turn, whatever came later, so it is the same for any number of workers.

    Args:
        given: the data, if any, then the number of workers; 0 works on the calling thread. Left out, it is the number
            of cores that this process may use.

    Raises:
        DataError: the number of workers is negative or no whole number; and, when read, an error in the making of an
            element, named by its index.

    Examples:
        >>> import leyden as ly
        >>> list(range(3) | ly.data.map(lambda x: x * x) | ly.data.parallel(2))
        [0, 1, 4]
    """
    if len(given) > 2:
        raise TypeError(f"write parallel(data, workers), parallel(data) or parallel(workers); given {len(given)}")
    if not given or (len(given) == 1 and isinstance(given[0], Container)):
        return applied(Parallel(_cores()), given)
    return applied(Parallel(_checked_workers(given[-1])), given[:-1])


def DataLoader(  # noqa: N802 - it stands where torch's class of that name stood
    data: Element,
    batch_size: int = 1,
    *,
    shuffle: bool = False,
    seed: int = 0,
    parallel: bool | int = False,
    device: str | torch.device | None = None,
    drop_last: bool = False,
    collate: Callable[[list[Element]], Element] | None = None,
) -> View:
    """The usual pipe in torch's habit: `data | shuffle(seed) | batch(batch_size) | parallel() | to_device(device)`.

    What comes out is that pipe and nothing else: it prints as such, and can be piped on.

    Args:
        data: a container.
        batch_size: elements a batch.
        shuffle: put the elements into another order every epoch.
        seed: of the shuffle.
        parallel: read ahead on threads: False for none, True for one a core, or their number.
        device: where to put the batches; None leaves them where they are.
        drop_last: leave out the last elements where they do not fill a batch.
        collate: joins a list of elements in place of `stack`.

    Raises:
        DataError: as its steps do.

    Examples:
        >>> DataLoader(range(10), 4, shuffle=True, parallel=2)
        range(0, 10) | shuffle(seed=0) | batch(4) | parallel(2)
    """
    container = as_container(data)
    if shuffle:
        container = shuffle_step(container, seed=seed)
    view = batch(container, batch_size, drop_last=drop_last, collate=collate)
    if parallel is not False:
        view = Parallel(_cores() if parallel is True else _checked_workers(parallel)).on(view)
    return view if device is None else to_device(view, device)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _checked_workers(workers: Element) -> int:
    try:
        number = whole(workers)
    except TypeError as error:
        raise DataError(f"parallel(data, workers): the workers are a whole number; given {workers!r}") from error
    if number < 0:
        raise DataError(f"parallel(data, workers): there are at least 0 workers; given {number}")
    return number
