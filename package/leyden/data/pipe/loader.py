"""Reading ahead on threads or processes, `parallel`, and the whole pipe in torch's habit, `DataLoader`."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import index as whole
from operator import itemgetter
from typing import ClassVar, Literal, TypeAlias, final, get_args, overload

import torch

from leyden.data.pipe.collate import Batch, batch
from leyden.data.pipe.device import to_device
from leyden.data.pipe.order import shuffle as shuffle_step
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Pipe, Step, applied
from leyden.data.pipe.view import Container, Element, View, describe, take
from leyden.data.run.buffers import Buffers
from leyden.data.run.crew import AHEAD, handed_out
from leyden.data.run.processes import Processes
from leyden.data.run.seats import Seats
from leyden.data.run.threads import Threads, Work
from leyden.errors import DataError

__all__ = ["DataLoader", "Kind", "Parallel", "parallel"]

Kind: TypeAlias = Literal["threads", "processes"]
"""What the workers of `parallel` are."""


@final
@dataclass(frozen=True, repr=False)
class Parallel(Operation):
    """Make elements on several workers, ahead of time; see `parallel`."""

    verb: ClassVar[str] = "parallel"
    workers: int
    kind: Kind = field(default="threads", kw_only=True)
    ordered: bool = field(default=True, kw_only=True)
    start: str | None = field(default=None, kw_only=True)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`; one element by itself is made at once, on the calling thread."""
        try:
            return take(source, index, moment)
        except Exception as error:
            raise _named(error, source, index) from error

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`; at most two elements a worker are under way or waiting."""
        if self.workers == 0:
            return (self.at(source, index, moment) for index in indices)
        # Only a loop itself asks for a range. Steps that go by index ask for indices of their own making, and would
        # take one element for another if those came in any order.
        ordered = self.ordered or not isinstance(indices, range)
        if self.kind == "processes":
            make = partial(self.at, source, moment=moment)
            crew = Processes(make, self.workers, name=describe(source), start=self.start)
        else:
            crew = Threads(partial(self._work, source, moment, Buffers()), self.workers)
        return handed_out(crew, indices, window=AHEAD * self.workers, ordered=ordered)

    def _work(self, source: Container, moment: Moment, buffers: Buffers, index: int) -> Work:
        if isinstance(source, Pipe) and isinstance(source.operation, Batch):
            return _batch_work(source, source.operation, index, moment=moment, buffers=buffers)
        return Work(1, lambda _: self.at(source, index, moment), itemgetter(0))


def _batch_work(view: Pipe, operation: Batch, index: int, *, moment: Moment, buffers: Buffers) -> Work:
    """How threads make one batch together."""
    source = view.source
    inside = operation.inside(index, len(source))
    seats = Seats(buffers, len(inside))

    def item(place: int) -> Element:
        try:
            made = operation.item(source, inside[place], moment)
            return made if operation.collate else seats.laid(made, place)
        except Exception as error:
            raise _named(error, view, index) from error

    def joined(elements: list[Element]) -> Element:
        try:
            return operation.made(index, elements, inside=inside, buffers=seats)
        except Exception as error:
            raise _named(error, view, index) from error

    return Work(len(inside), item, joined)


def _named(error: Exception, source: Container, index: int) -> DataError:
    """An error in the making of an element, with the element's name."""
    # DataError's own kinds keep their kind, so that `except UnreadableImage` works with and without workers
    kind = type(error) if isinstance(error, DataError) else DataError
    what = str(error) if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
    notes = [f"{note}: " for note in getattr(error, "__notes__", ()) if note.startswith("element ")]
    return kind(f"element {index} of {describe(source)}: {''.join(reversed(notes))}{what}")


@overload
def parallel(workers: int = ..., /, *, kind: Kind = ..., ordered: bool = ..., start: str | None = ...) -> Step: ...
@overload
def parallel(
    data: Element, workers: int = ..., /, *, kind: Kind = ..., ordered: bool = ..., start: str | None = ...
) -> View: ...
def parallel(*given: Element, kind: str = "threads", ordered: bool = True, start: str | None = None) -> Element:
    """Make elements ahead of time on several threads or processes; the same ones, in the same order, as without.

    Threads pay where the work releases Python's lock, as torch, numpy, PIL and file reading do; they share all memory
    and start in a millisecond, and make a batch together. Processes pay where the work is Python. A loop starts the
    workers, keeps at most two elements a worker in store, and ends them when it ends: by its last element, an error,
    `break`, Ctrl-C or when it is dropped. Reading by index uses none. Each worker runs torch on one core.

    An error ends the loop in its element's turn, whatever came later, so it is the same for any number of workers;
    nothing new is begun once it is known.

    Processes get the pipe once and send elements back, large tensors and arrays through shared memory. What they
    change in memory stays theirs: a `cache` beneath is filled anew in each of them, for every loop.

    Args:
        given: the data, if any, then the number of workers; 0 works on the calling thread. Left out, it is the number
            of cores that this process may use.
        kind: what the workers are.
        ordered: with False a loop gets elements as they are done. Steps above that go by index (`map_random`,
            `batch`, `cache`, columns, ...) still get them in order. A loop taken up by `load_state_dict` may then
            repeat and miss some.
        start: how processes come to be: "fork", "spawn" or "forkserver"; None is Python's own choice for this system.

    Raises:
        DataError: a parameter that makes no sense; and, when read, an error in the making of an element, named by its
            index.
        WorkerDied: when read, a process ended by itself or was killed.

    Examples:
        >>> import leyden as ly
        >>> list(range(3) | ly.data.map(lambda x: x * x) | ly.data.parallel(2))
        [0, 1, 4]
    """
    if len(given) > 2:
        raise TypeError(f"write parallel(data, workers), parallel(data) or parallel(workers); given {len(given)}")
    if not given or (len(given) == 1 and isinstance(given[0], Container)):
        return applied(_checked(_cores(), kind, ordered=ordered, start=start), given)
    return applied(_checked(given[-1], kind, ordered=ordered, start=start), given[:-1])


def DataLoader(  # noqa: N802 - it stands where torch's class of that name stood
    data: Element, batch_size: int = 1, *, shuffle: bool = False, seed: int = 0, parallel: bool | int = False,
    kind: Kind = "threads", device: str | torch.device | None = None, drop_last: bool = False,
    collate: Callable[[list[Element]], Element] | None = None, **others: Element,
) -> View:  # fmt: skip
    """The usual pipe in torch's habit: `data | shuffle(seed) | batch(batch_size) | parallel() | to_device(device)`.

    What comes out is that pipe and nothing else: it prints as such, and can be piped on.

    Args:
        data: a container.
        batch_size: elements a batch.
        shuffle: put the elements into another order every epoch.
        seed: of the shuffle.
        parallel: the workers that read ahead: False for none, True for one a core, or their number.
        kind: what they are.
        device: where to put the batches; None leaves them where they are.
        drop_last: leave out the last elements where they do not fill a batch.
        collate: joins a list of elements in place of `stack`.
        others: nothing; parameters of torch's class are told what stands for them here.

    Raises:
        DataError: as its steps do, and for a parameter that is not among these.

    Examples:
        >>> DataLoader(range(10), 4, shuffle=True, parallel=2)
        range(0, 10) | shuffle(seed=0) | batch(4) | parallel(2)
    """
    if others:
        ways = [f"{name}: {_INSTEAD.get(name, 'there is no such parameter')}" for name in others]
        raise DataError(f"DataLoader takes other parameters than torch's; {'; '.join(ways)}")
    container = shuffle_step(data, seed=seed) if shuffle else as_container(data)
    view = batch(container, batch_size, drop_last=drop_last, collate=collate)
    if parallel is not False:
        view = _checked(_cores() if parallel is True else parallel, kind).on(view)
    return view if device is None else to_device(view, device)


_INSTEAD = {
    "batch_sampler": "data | subset(...), then batch",
    "collate_fn": "write collate=",
    "generator": "write seed=",
    "multiprocessing_context": 'data | parallel(2, kind="processes", start="spawn")',
    "num_workers": "write parallel=2 for two threads, kind='processes' for processes",
    "persistent_workers": "workers live as long as a loop",
    "pin_memory": "device='cuda' pins what it copies",
    "prefetch_factor": "data | to_device(device, prefetch=2)",
    "sampler": "data | subset(...) or data | weighted_sample(...)",
    "timeout": "a worker that dies is an error at once",
    "worker_init_fn": "draws are keyed by (seed, epoch, index), whatever the worker",
}
"""What stands for the parameters of torch's class."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _checked(workers: Element, kind: Element, *, ordered: bool = True, start: Element = None) -> Parallel:
    usage = "parallel(data, workers)"
    try:
        number = whole(workers)
    except TypeError as error:
        raise DataError(f"{usage}: the workers are a whole number; given {workers!r}") from error
    known = multiprocessing.get_all_start_methods()
    faults = [f"there are at least 0 workers; given {number}"] if number < 0 else []
    if kind not in get_args(Kind):
        faults.append(f"kind is 'threads' or 'processes'; given {kind!r}")
    if start not in (None, *known):
        faults.append(f"start is {', '.join(map(repr, known))} or None; given {start!r}")
    if start is not None and kind == "threads":
        faults.append(f"start={start!r} is for kind='processes'")
    if faults:
        raise DataError(f"{usage}: {'; '.join(faults)}")
    return Parallel(number, kind=kind, ordered=ordered, start=start)
