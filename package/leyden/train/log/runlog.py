"""Who ran when, for how long, and what it wrote."""

import copy
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Literal, final

import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.graph.access import Access
from leyden.train.log.book import Book
from leyden.train.log.noting import Kind, Note, Threads, batches_of
from leyden.train.log.page import as_html, as_text
from leyden.train.log.probe import Probe, together
from leyden.train.log.record import Event, Total, Write
from leyden.train.log.value import near
from leyden.train.log.watching import blind_paths, probes_of

__all__ = ["RunLog"]


@final
class RunLog:
    """Every call of every hook of a graph's callbacks: when, how long, on which thread, and what it wrote.

    The last `keep` calls and the last `keep` changes are kept as rows, the sums of all calls for ever. A call costs one
    to five microseconds, and nothing is read from an accelerator before the end of an epoch. Any thread may read the
    log during a run. Copies and pickles hold the rows, and nothing of the Trainer.

    Args:
        keep: rows of each kind, 1 or more; 100 000 calls take 3 MB.

    Raises:
        TrainError: no row is to be kept.

    Examples:
        >>> log = RunLog(keep=1000)
        >>> log
        RunLog(0 calls, 0 changes, 0 runs)
    """

    def __init__(self, keep: int = 100_000) -> None:
        if keep < 1:
            raise TrainError(f"a run log keeps 1 row or more; given keep={keep}")
        self._book = Book(keep)
        self._open()

    def _open(self) -> None:
        """What a run needs, and a copy does not have."""
        self._lock = threading.Lock()
        self._origin = time.perf_counter()
        self._notes: deque[Note] = deque()
        self._threads = Threads()
        self._names: tuple[str, ...] = ()
        self._probes: tuple[Probe | None, ...] = ()
        self._kinds: dict[tuple[int, str], Kind] = {}

    def start(self, names: Sequence[str], accesses: Sequence[Access]) -> None:
        """Begins a run: times count from now, and `kind`, `watch` and `note` take positions in `names`.

        Args:
            names: the callbacks.
            accesses: what they declare, in the same order; only what they write is used.
        """
        probes = tuple(together(probes_of(access)) for _, access in zip(names, accesses, strict=True))
        with self._read() as book:
            self._origin = time.perf_counter()
            self._names, self._probes = tuple(names), probes
            self._threads, self._kinds = Threads(), {}  # the numbers of ended threads are given out again
            book.begin({name: blind_paths(access) for name, access in zip(names, accesses, strict=True)})

    def kind(self, number: int, hook: str) -> Kind:
        """What it takes to note calls of one hook: whoever calls it often keeps it for the run.

        Args:
            number: the callback's position in what `start` was given.
            hook: the hook's name.
        """
        found = self._kinds.get((number, hook))
        if found is None:
            name, probe = self._names[number], self._probes[number]
            made = Kind(hook, name, probe=probe, notes=self._notes, threads=self._threads)
            found = self._kinds.setdefault((number, hook), made)
        return found

    def watch(self, number: int, trainer: pl.Trainer, pl_module: pl.LightningModule) -> Any:
        """What a callback may write, as it is before its hook; to be given to `note`.

        Args:
            number: the callback's position in what `start` was given.
            trainer: the Trainer that runs it.
            pl_module: its task.
        """
        probe = self._probes[number]
        return None if probe is None else probe.look(trainer, pl_module)

    def note(
        self,
        number: int,
        hook: str,
        start: float,
        seconds: float,
        before: Any,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
    ) -> None:
        """Notes one call; to be called on the thread that it ran on.

        Args:
            number: the callback's position in what `start` was given.
            hook: the hook's name.
            start: `time.perf_counter()` before it.
            seconds: how long it took.
            before: what `watch` said before it; None where what it wrote is not looked at.
            trainer: the Trainer that runs it.
            pl_module: its task.
        """
        kind = self.kind(number, hook)
        probe = None if before is None else kind.probe
        changes = () if probe is None else probe.changes(before, trainer, pl_module)
        thread = kind.threads[threading.get_ident()]
        kind.notes.append((kind, thread, batches_of(trainer).ready, start, seconds, changes))
        if len(kind.notes) > kind.limit:
            self.digest()

    def digest(self) -> None:
        """Works up the notes that wait; whoever reads the log need not ask for it."""
        with self._read():
            pass

    @contextmanager
    def _read(self) -> Iterator[Book]:
        """The book, with all notes in it, for one thread at a time."""
        with self._lock:
            book, notes, origin = self._book, self._notes, self._origin
            rests, known, number = False, "", 0
            for _ in range(len(notes)):  # others may append more the while
                kind, thread, step, start, seconds, changes = notes.popleft()
                if kind.number < 0:
                    kind.number = book.kind(kind.hook, kind.callback)
                if thread is not known:
                    known, number = thread, book.thread(thread)
                if changes:
                    changes = [(path, near(before), near(after)) for path, before, after in changes]
                book.add(kind.number, number, step=step, start=start - origin, seconds=seconds, changes=changes)
                rests = rests or kind.rests
            if rests:
                book.settle()
            yield book

    @property
    def events(self) -> tuple[Event, ...]:
        """The calls that are kept, in the order in which they ended; made anew each time, half a second at 100 000."""
        return self.select()

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written, oldest first: the changes, and for every declared path without a value a row a call."""
        with self._read() as book:
            return book.writes()

    @property
    def changes(self) -> tuple[Write, ...]:
        """The writes that have values: every change of a declared value; the last `keep` of them."""
        with self._read() as book:
            return book.changes()

    @property
    def totals(self) -> tuple[Total, ...]:
        """Calls, seconds and longest call of every hook of every callback, over all runs; never dropped."""
        with self._read() as book:
            return book.totals()

    @property
    def dropped(self) -> int:
        """Rows, of calls and of changes, that are no longer kept because there were more than `keep`."""
        with self._read() as book:
            return book.dropped

    def select(
        self, hook: str | None = None, callback: str | None = None, *, steps: range | None = None
    ) -> tuple[Event, ...]:
        """The calls that are kept of one hook, of one callback, in a range of steps; all where nothing is said."""
        with self._read() as book:
            return book.events(hook, callback, steps)

    def last(self, hook: str | None = None, callback: str | None = None) -> Event | None:
        """The last call, of one hook or of one callback where said; None where there is none among those kept."""
        with self._read() as book:
            return next(book.newest(hook, callback), None)

    def to_rows(self, kind: Literal["events", "writes", "changes", "totals"] = "events") -> list[dict[str, Any]]:
        """One dictionary a row, as `pandas.DataFrame` takes them."""
        rows: tuple[Event | Write | Total, ...] = getattr(self, kind)
        names = [field.name for field in fields(rows[0])] if rows else []
        return [{name: getattr(row, name) for name in names} for row in rows]

    def text(self) -> str:
        """The table of totals, longest first, and the last changes."""
        return as_text(repr(self), self.totals, self.changes)

    def __len__(self) -> int:
        with self._read() as book:
            return len(book.calls)

    def __repr__(self) -> str:
        with self._read() as book:
            dropped = f"; {book.dropped} rows dropped" if book.dropped else ""
            return f"RunLog({book.calls.count} calls, {book.changed} changes, {len(book.runs)} runs{dropped})"

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.totals, self.changes)

    def __getstate__(self) -> dict[str, Any]:
        with self._read() as book:
            return {"_book": copy.deepcopy(book)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._book = state["_book"]
        self._open()
