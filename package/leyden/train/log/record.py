"""What the run log says: a call, a write, and the sum of many calls."""

from dataclasses import dataclass

from leyden.train.log.value import Value

__all__ = ["Event", "Total", "Write"]


@dataclass(frozen=True, slots=True)
class Event:
    """One call of one hook of one callback.

    Attributes:
        step: batches begun before it: training batches in a fit, others in a validation, test or prediction run.
        hook: name of the hook.
        callback: name of the callback, as the graph has it.
        start: seconds since the run was started.
        seconds: how long it took; other hooks that it set off (by saving a checkpoint, say) are in it.
        thread: name of the thread it ran on.
        run: which run it belongs to, from 0; every fit, validation or test with the same callbacks is one.
    """

    step: int
    hook: str
    callback: str
    start: float
    seconds: float
    thread: str
    run: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """What one call wrote to one declared path.

    Attributes:
        step: as for `Event`.
        hook: name of the hook.
        callback: name of the callback.
        path: what was written. Of several parameter groups, each has its own: `optimizer.lr.0.1` is the second group
            of the first optimizer.
        before: the value before the call; None where there was none, and for what is not one number, text or a few.
        after: the value after the call; None for what is not one number, text or a few: such a row says that the
            callback ran and may have written.
        run: as for `Event`.
    """

    step: int
    hook: str
    callback: str
    path: str
    before: Value
    after: Value
    run: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """All calls of one hook of one callback, over all runs, also those whose rows are no longer kept.

    Attributes:
        hook: name of the hook.
        callback: name of the callback.
        calls: how many.
        seconds: how long they took together.
        longest: how long the longest took, in seconds.
    """

    hook: str
    callback: str
    calls: int
    seconds: float
    longest: float
