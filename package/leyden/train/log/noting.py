"""What a call leaves behind at once: one row of references, to be worked into the log many at a time."""

from collections import deque
from collections.abc import Sequence
from threading import current_thread
from typing import Any, TypeAlias, final

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn

from leyden.train.log.probe import Change, Probe

__all__ = ["Kind", "Note", "Threads", "batches_of"]

Note: TypeAlias = "tuple[Kind, str, int, float, float, Sequence[Change]]"
"""Kind of call, name of the thread, step, `time.perf_counter()` before it, seconds, what changed."""

_RESTS = {"on_train_epoch_end", "on_validation_epoch_end", "on_test_epoch_end", "on_train_end"}
_MANY = 512  # notes that wait at most: some fifty steps, a tenth of a millisecond to work up for each hundred


@final
class Threads(dict[int, str]):
    """Names of threads by their numbers; a thread that is not known yet has to ask for its own."""

    def __missing__(self, number: int) -> str:
        self[number] = name = current_thread().name
        return name


@final
class Kind:
    """One hook of one callback in one run: all that it takes to note a call of it.

    Args:
        hook: its name.
        callback: name of the callback.
        probe: looks at what the callback writes; None where it writes nothing that has a value.
        notes: where they wait, oldest first; any thread may append one.
        threads: names of the threads that they are of.

    Attributes:
        rests: whether it is called where a run rests: at the end of an epoch.
        limit: so many notes at most may wait after a call.
        number: the number of the kind in the book; -1 before it is there.
    """

    __slots__ = ("callback", "hook", "limit", "notes", "number", "probe", "rests", "threads")

    def __init__(
        self, hook: str, callback: str, *, probe: Probe | None, notes: "deque[Note]", threads: Threads
    ) -> None:
        self.hook, self.callback, self.probe = hook, callback, probe
        self.notes, self.threads = notes, threads
        self.rests = hook in _RESTS
        self.limit = 0 if self.rests else _MANY
        self.number = -1


def batches_of(trainer: pl.Trainer) -> Any:
    """What counts the batches of a run as they begin, in `ready`: those of training in a fit; the same all the run."""
    fn = trainer.state.fn
    if fn is TrainerFn.VALIDATING:
        return trainer.validate_loop.batch_progress.total
    if fn is TrainerFn.TESTING:
        return trainer.test_loop.batch_progress.total
    if fn is TrainerFn.PREDICTING:
        return trainer.predict_loop.batch_progress.total
    return trainer.fit_loop.epoch_loop.batch_progress.total
