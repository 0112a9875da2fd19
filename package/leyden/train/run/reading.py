"""One pass over a loader: the first two batches where they are asked for, the others ahead of time on a thread."""

import os
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

from torch.utils.data import DataLoader

from leyden.train.run.fetching import Plan, Worker
from leyden.train.run.generators import Stand, moved, own_generators, put_back, stand

__all__ = ["Heard", "Pass", "Seen", "length_of"]


@final
@dataclass
class Seen:
    """What a loader said of itself just behind the last batch that was handed out; None where it is to be asked."""

    state: Any = None


@final
@dataclass(frozen=True)
class Heard:
    """Who is told what happens in a pass.

    Attributes:
        begins: called with the pass before it fetches its first batch.
        draws: called with whose global generators the loader draws from, if any; then nothing is fetched ahead.
    """

    begins: Callable[["Pass"], None]
    draws: Callable[[list[str]], None]


@final
class Pass(Iterator[Any]):
    """The batches of a loader, once, as the loader gives them.

    Args:
        loader: what is read; its iterator is made at once.
        heard: who is told.
        ahead: batches under way or waiting at most; 0 fetches every batch when it is asked for.
        seen: kept up to date.
    """

    def __init__(self, loader: Any, heard: Heard, *, ahead: int, seen: Seen) -> None:
        self._loader, self._heard, self._ahead, self.seen = loader, heard, ahead, seen
        self._own = own_generators(loader)
        self._given = 0
        self._held = _Held(os.getpid())
        before = stand(self._own)
        self._iterator = iter(loader)
        if isinstance(loader, DataLoader):
            self._held.unbegun = (self._own, before, stand(self._own))
        self._at_end = weakref.finalize(self, _leave, self._held)

    def __next__(self) -> Any:
        if not self._given:
            self._held.unbegun = None
            self._heard.begins(self)
        fetched = None if self._held.worker is None else self._held.worker.take()
        if fetched is None:
            return self._here()
        if fetched.error is not None:
            self._held.worker = None
            try:
                raise fetched.error
            finally:
                del fetched  # the error's traceback holds this frame: a cycle would keep all that its callers see
        self._given += 1
        self.seen.state = fetched.state
        return fetched.batch

    def settle(self) -> None:
        """Fetches nothing ahead any more; what was fetched is still handed out, the rest when it is asked for."""
        if self._held.worker is not None:
            self._held.worker.stop()

    def _here(self) -> Any:
        """The next batch, fetched on the calling thread; the second one decides about those after it."""
        self._held.worker = None
        self.seen.state = None
        before = stand() if self._given == 1 and self._ahead else None
        batch = next(self._iterator)
        self._given += 1
        after = None if before is None else stand()
        if before is not None and before == after:
            self._held.worker = self._hired()
        elif before is not None and after is not None:
            self._heard.draws(moved(before, after))
        return batch

    def _hired(self) -> Worker | None:
        """A worker for the batches that are left, if any are."""
        length = length_of(self._loader)
        count = None if length is None else max(length - self._given, 0)
        if count == 0:
            return None
        state_dict = getattr(self._loader, "state_dict", None)
        plan = Plan(self._iterator, count, self._ahead, state_dict, self._own)
        self.seen.state = plan.state()
        return Worker(plan)


def length_of(loader: object) -> int | None:
    """How many batches a loader says it has; None where it does not say.

    Examples:
        >>> length_of([1, 2]), length_of(iter([1, 2]))
        (2, None)
    """
    try:
        return len(loader)  # pyright: ignore[reportArgumentType]
    except (TypeError, NotImplementedError):
        return None


@final
@dataclass
class _Held:
    """What has to be brought to an end when a pass is dropped.

    `unbegun` holds where the generators stood before and after a DataLoader's iterator was made. Lightning calls
    `iter()` once in vain on every loader but a DataLoader, whose iterator draws: one that nobody used leaves no trace.
    """

    owner: int
    worker: Worker | None = None
    unbegun: tuple[tuple[Any, ...], Stand, Stand] | None = None


def _leave(held: _Held) -> None:
    if os.getpid() != held.owner:
        return  # a fork has no threads but the one that forked
    if held.worker is not None:
        held.worker.stop()
    if held.unbegun is not None:
        own, before, after = held.unbegun
        if stand(own) == after:
            put_back(before, own)
