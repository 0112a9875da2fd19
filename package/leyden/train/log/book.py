"""What a run log keeps, as plain data: rows of calls and of changes, and the sums of all calls."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from operator import itemgetter
from typing import Any, final

from leyden.train.log.record import Event, Total, Write
from leyden.train.log.ring import Ring, Row
from leyden.train.log.value import Later, plain, settle

__all__ = ["Book"]

_PATIENCE = 4096  # numbers left on an accelerator before they are read: two megabytes of its memory


@final
class Book:
    """The last calls and the last changes, and the totals of all calls. Not safe for threads: its owner has the lock.

    Args:
        keep: rows of each kind, 1 or more.

    Attributes:
        calls: the rows of the calls.
        kinds: hook and callback of each kind of call; a row has the kind's number.
        later: numbers among the kept changes that are still on an accelerator.
        runs: for each run, how many calls there were before it.
        threads: names of the threads; a row has the name's number.
        changed: changes ever added.

    Examples:
        >>> book = Book(10)
        >>> book.begin({"Plateau": ("model",)})
        >>> kind = book.kind("on_train_end", "Plateau")
        >>> book.add(kind, book.thread("MainThread"), step=4, start=1.0, seconds=0.5, changes=[("optimizer.lr", 1, 2)])
        >>> book.totals()
        (Total(hook='on_train_end', callback='Plateau', calls=1, seconds=0.5, longest=0.5),)
        >>> [(row.path, row.before, row.after) for row in book.writes()]
        [('optimizer.lr', 1, 2), ('model', None, None)]
    """

    def __init__(self, keep: int) -> None:
        self.calls = Ring(keep)
        self.kinds: list[tuple[str, str]] = []
        self.later: list[Later] = []
        self.runs: list[int] = []
        self.threads: list[str] = []
        self.changed = 0
        self._blind: list[Mapping[str, tuple[str, ...]]] = []
        self._changes: deque[tuple[int, int, int, str, Any, Any]] = deque(maxlen=keep)
        self._totals: list[tuple[int, float, float]] = []  # calls, seconds, longest of a kind

    def begin(self, blind: Mapping[str, tuple[str, ...]]) -> None:
        """Begins a run.

        Args:
            blind: by callback, what it writes that has no values to show: a call is all that is known of such a write,
                so they take no rows of their own.
        """
        self.runs.append(self.calls.count)
        self._blind.append(dict(blind))

    def kind(self, hook: str, callback: str) -> int:
        """The number of a kind of call; a new one for what was not seen before."""
        if (hook, callback) not in self.kinds:
            self.kinds.append((hook, callback))
            self._totals.append((0, 0.0, 0.0))
        return self.kinds.index((hook, callback))

    def thread(self, name: str) -> int:
        """The number of a thread's name."""
        if name not in self.threads:
            self.threads.append(name)
        return self.threads.index(name)

    def add(
        self,
        kind: int,
        thread: int,
        *,
        step: int,
        start: float,
        seconds: float,
        changes: Sequence[tuple[str, Any, Any]],
    ) -> None:
        """Keeps one call and what it wrote."""
        calls, spent, longest = self._totals[kind]
        self._totals[kind] = (calls + 1, spent + seconds, seconds if seconds > longest else longest)
        for path, before, after in changes:
            self._changes.append((self.calls.count, step, kind, path, before, after))
            self.changed += 1
            if type(before) is Later or type(after) is Later:
                self._postpone(before, after)
        self.calls.add(step, kind, thread, start, seconds)

    def _postpone(self, *values: Any) -> None:
        for value in values:
            if isinstance(value, Later):
                value.source = None  # it was only there to be compared
                self.later.append(value)
        if len(self.later) > _PATIENCE:
            self.settle()

    def settle(self) -> None:
        """Reads the numbers that are still on an accelerator, with one wait for all of them."""
        settle(self.later)
        self.later.clear()

    @property
    def dropped(self) -> int:
        """Rows of both kinds that made room for newer ones."""
        return self._gone + self.changed - len(self._changes)

    @property
    def _gone(self) -> int:
        return self.calls.count - len(self.calls)

    def events(self, hook: str | None, callback: str | None, steps: range | None) -> tuple[Event, ...]:
        """The calls that are kept, oldest first: of one hook, of one callback, in a range of steps."""
        wanted = self._wanted(hook, callback)
        return tuple(
            self._event(row, number)
            for number, row in enumerate(self.calls.rows(), self._gone)
            if row[1] in wanted and (steps is None or row[0] in steps)
        )

    def newest(self, hook: str | None, callback: str | None) -> Iterator[Event]:
        """The calls that are kept, newest first."""
        wanted, last = self._wanted(hook, callback), self.calls.count - 1
        return (self._event(row, last - back) for back, row in enumerate(self.calls.newest_first()) if row[1] in wanted)

    def _wanted(self, hook: str | None, callback: str | None) -> set[int]:
        return {at for at, kind in enumerate(self.kinds) if hook in (None, kind[0]) and callback in (None, kind[1])}

    def _event(self, row: Row, number: int) -> Event:
        step, kind, thread, start, seconds = row
        return Event(step, *self.kinds[kind], start, seconds, self.threads[thread], self._run(number))

    def _run(self, number: int) -> int:
        """The run of the call of that number."""
        return bisect_right(self.runs, number) - 1

    def changes(self) -> tuple[Write, ...]:
        """The changes that are kept, oldest first; waits for an accelerator where numbers are still there."""
        return tuple(write for _, write in self._numbered())

    def writes(self) -> tuple[Write, ...]:
        """The same and, for calls that are kept, what they wrote that has no values, call by call."""
        return tuple(write for _, write in merge(self._numbered(), self._unseen(), key=itemgetter(0)))

    def _numbered(self) -> Iterator[tuple[int, Write]]:
        self.settle()
        for number, step, kind, path, before, after in self._changes:
            yield number, Write(step, *self.kinds[kind], path, plain(before), plain(after), self._run(number))

    def _unseen(self) -> Iterator[tuple[int, Write]]:
        for number, (step, kind, *_) in enumerate(self.calls.rows(), self._gone):
            run, (hook, callback) = self._run(number), self.kinds[kind]
            for path in self._blind[run].get(callback, ()):
                yield number, Write(step, hook, callback, path, None, None, run)

    def totals(self) -> tuple[Total, ...]:
        """The sums of every kind of call, in the order of their first calls."""
        return tuple(Total(*kind, *total) for kind, total in zip(self.kinds, self._totals, strict=True))

    def __getstate__(self) -> dict[str, Any]:
        """All rows, with numbers in the place of tensors."""
        self.settle()
        rows = ((*row[:4], plain(row[4]), plain(row[5])) for row in self._changes)
        return {**self.__dict__, "_changes": deque(rows, maxlen=self.calls.keep)}
