"""Who ran when, for how long, and what it wrote."""

import copy
import threading
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Literal, final

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from leyden.errors import TrainError
from leyden.train.graph.access import Access
from leyden.train.log.book import Book
from leyden.train.log.page import as_html, as_text
from leyden.train.log.probe import Probe
from leyden.train.log.record import Event, Total, Write
from leyden.train.log.watching import blind_paths, probes_of

__all__ = ["RunLog"]

_RESTS = {"on_train_epoch_end", "on_validation_epoch_end", "on_test_epoch_end", "on_train_end"}


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
        self._names: tuple[str, ...] = ()
        self._probes: tuple[tuple[Probe, ...], ...] = ()
        self._kinds: list[dict[str, int]] = []  # callback by callback: hook -> number of the kind
        self._threads: dict[int, int] = {}  # number of the thread -> number of its name

    def start(self, names: Sequence[str], accesses: Sequence[Access]) -> None:
        """Begins a run: times count from now, and `watch` and `note` take positions in `names`.

        Args:
            names: the callbacks.
            accesses: what they declare, in the same order; only what they write is used.
        """
        probes = tuple(probes_of(access) for _, access in zip(names, accesses, strict=True))
        with self._lock:
            self._origin = time.perf_counter()
            self._names, self._probes = tuple(names), probes
            self._kinds = [{} for _ in names]
            self._threads = {}  # the numbers of ended threads are given out again
            self._book.begin({name: blind_paths(access) for name, access in zip(names, accesses, strict=True)})

    def watch(self, number: int, trainer: pl.Trainer, pl_module: pl.LightningModule) -> list[Any] | None:
        """What a callback may write, as it is before its hook; to be given to `note`.

        Args:
            number: the callback's position in what `start` was given.
            trainer: the Trainer that runs it.
            pl_module: its task.
        """
        probes = self._probes[number]
        return [probe.look(trainer, pl_module) for probe in probes] if probes else None

    def note(
        self,
        number: int,
        hook: str,
        start: float,
        seconds: float,
        before: list[Any] | None,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
    ) -> None:
        """Keeps one call; to be called on the thread that it ran on.

        Args:
            number: the callback's position in what `start` was given.
            hook: the hook's name.
            start: `time.perf_counter()` before it.
            seconds: how long it took.
            before: what `watch` said before it.
            trainer: the Trainer that runs it.
            pl_module: its task.
        """
        changes: list[Any] = []
        if before is not None:
            for probe, seen in zip(self._probes[number], before, strict=True):
                changes += probe.changes(seen, trainer, pl_module)
        if trainer.state.fn is TrainerFn.FITTING:
            step = trainer.fit_loop.epoch_loop.batch_progress.total.ready
        else:
            step = _evaluated(trainer)
        with self._lock:
            kind = self._kinds[number].get(hook, -1)
            if kind < 0:
                kind = self._kinds[number][hook] = self._book.kind(hook, self._names[number])
            thread = self._threads.get(threading.get_ident(), -1)
            if thread < 0:
                thread = self._book.thread(threading.current_thread().name)
                self._threads[threading.get_ident()] = thread
            self._book.add(kind, thread, step=step, start=start - self._origin, seconds=seconds, changes=changes)
            if self._book.later and hook in _RESTS:
                self._book.settle()

    @property
    def events(self) -> tuple[Event, ...]:
        """The calls that are kept, in the order in which they ended; made anew each time, half a second at 100 000."""
        return self.select()

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written, oldest first: the changes, and for every declared path without a value a row a call."""
        with self._lock:
            return self._book.writes()

    @property
    def changes(self) -> tuple[Write, ...]:
        """The writes that have values: every change of a declared value; the last `keep` of them."""
        with self._lock:
            return self._book.changes()

    @property
    def totals(self) -> tuple[Total, ...]:
        """Calls, seconds and longest call of every hook of every callback, over all runs; never dropped."""
        with self._lock:
            return self._book.totals()

    @property
    def dropped(self) -> int:
        """Rows, of calls and of changes, that are no longer kept because there were more than `keep`."""
        return self._book.dropped

    def select(
        self, hook: str | None = None, callback: str | None = None, *, steps: range | None = None
    ) -> tuple[Event, ...]:
        """The calls that are kept of one hook, of one callback, in a range of steps; all where nothing is said."""
        with self._lock:
            return self._book.events(hook, callback, steps)

    def last(self, hook: str | None = None, callback: str | None = None) -> Event | None:
        """The last call, of one hook or of one callback where said; None where there is none among those kept."""
        with self._lock:
            return next(self._book.newest(hook, callback), None)

    def to_rows(self, kind: Literal["events", "writes", "changes", "totals"] = "events") -> list[dict[str, Any]]:
        """One dictionary a row, as `pandas.DataFrame` takes them."""
        rows: tuple[Event | Write | Total, ...] = getattr(self, kind)
        names = [field.name for field in fields(rows[0])] if rows else []
        return [{name: getattr(row, name) for name in names} for row in rows]

    def text(self) -> str:
        """The table of totals, longest first, and the last changes."""
        return as_text(repr(self), self.totals, self.changes)

    def __len__(self) -> int:
        return len(self._book.calls)

    def __repr__(self) -> str:
        book = self._book
        dropped = f"; {book.dropped} rows dropped" if book.dropped else ""
        return f"RunLog({book.calls.count} calls, {book.changed} changes, {len(book.runs)} runs{dropped})"

    def _repr_html_(self) -> str:
        return as_html(repr(self), self.totals, self.changes)

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {"_book": copy.deepcopy(self._book)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._book = state["_book"]
        self._open()


def _evaluated(trainer: pl.Trainer) -> int:
    """Batches of a validation, test or prediction run that have begun."""
    fn = trainer.state.fn
    if fn is TrainerFn.VALIDATING:
        return trainer.validate_loop.batch_progress.total.ready
    if fn is TrainerFn.TESTING:
        return trainer.test_loop.batch_progress.total.ready
    if fn is TrainerFn.PREDICTING:
        return trainer.predict_loop.batch_progress.total.ready
    return trainer.fit_loop.epoch_loop.batch_progress.total.ready
