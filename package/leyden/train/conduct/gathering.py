"""All callbacks of one hook at once: who waits for whom, given to a runner as jobs."""

from collections.abc import Sequence
from typing import Any, final

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint, EarlyStopping

from leyden.train.conduct.seat import Hook, Seat
from leyden.train.graph.node import Edge, Node, is_lightnings
from leyden.train.graph.path import covers, overlaps
from leyden.train.run import Job, Runner

__all__ = ["Gathering", "is_free", "waits"]

_SINGLE = ("on_save_checkpoint", "on_load_checkpoint")
"""Hooks in which callbacks fill one dictionary in turn: always one after the other."""


def is_free(node: Node) -> bool:
    """Whether a callback may run beside others: it said what it reads, changes nothing, and is not Lightning's own.

    Lightning's own callbacks were written for the training thread; some of them draw progress bars.
    """
    return node.access.declared and not _changes(node) and not is_lightnings(node.callback)


def waits(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[tuple[int, ...]]:
    """For every callback of a hook, in order: which of those before it have to be done when it begins.

    Whatever writes keeps its place among all that write. A reader waits for those that write what it reads, and what
    writes waits for the readers of it before it. An undeclared callback, and one that reads what other callbacks keep,
    waits for all; nothing goes ahead of an undeclared one.
    """
    asked = {(edge.first, edge.then) for edge in edges}
    found: list[tuple[int, ...]] = []
    for here, node in enumerate(nodes):
        everything = not node.access.declared or any(covers(path, "callback") for path in node.access.reads)
        found.append(tuple(at for at in range(here) if everything or _holds_up(nodes[at], node, asked)))
    return found


def _holds_up(before: Node, node: Node, asked: set[tuple[str, str]]) -> bool:
    if (before.name, node.name) in asked or not before.access.declared:
        return True
    if not is_free(before) and not is_free(node):
        return True
    return _touches(before, node) or _touches(node, before)


def _touches(writer: Node, reader: Node) -> bool:
    return any(overlaps(path, read) for path in _changes(writer) for read in reader.access.reads)


def _changes(node: Node) -> tuple[str, ...]:
    return (*node.access.writes, *node.access.borrows)


@final
class Gathering:
    """Collects what Lightning calls one by one, and runs it together when the last callback of a hook was called.

    Args:
        seats: the callbacks, in order.
        edges: which of them must run before which.
        runner: what runs them.
    """

    def __init__(self, seats: Sequence[Seat], edges: Sequence[Edge], *, runner: Runner) -> None:
        self._seats, self._edges, self._runner = tuple(seats), tuple(edges), runner
        self._groups = {name: self._group(name) for name in {hook for seat in seats for hook in seat.hooks}}
        self._called: list[tuple[Seat, Any, Any, tuple[Any, ...]]] = []
        self._hook = ""
        self._running = False

    def through(self, seat: Seat, hook: str) -> Hook:
        """What Lightning calls for a hook of a seat."""
        if hook in _SINGLE:
            return lambda *args, **kwargs: seat.play(hook, *args, **kwargs)
        last = any(seat is group[-1] for group in self._groups[hook])

        def act(trainer: pl.Trainer, module: pl.LightningModule, *args: Any, **kwargs: Any) -> None:
            if self._running:  # one callback's hook sets off another hook: that one runs by itself
                seat.play(hook, trainer, module, *args, **kwargs)
                return
            if hook != self._hook:
                self.finish()
            self._hook = hook
            self._called.append((seat, trainer, module, (args, kwargs)))
            if last:
                self._run(hook)

        return act

    def finish(self) -> None:
        """Runs what was called and still waits for the last one of its hook, which has left the Trainer's list."""
        if self._called:
            self._run(self._hook)

    def _group(self, hook: str) -> list[list[Seat]]:
        """Those that Lightning calls together: early stopping and checkpoints end a training epoch by themselves."""
        present = [seat for seat in self._seats if hook in seat.hooks]
        late = [seat for seat in present if isinstance(seat.node.callback, EarlyStopping | Checkpoint)]
        if hook != "on_train_epoch_end":
            return [present]
        return [group for group in ([seat for seat in present if seat not in late], late) if group]

    def _run(self, hook: str) -> None:
        called, self._called = self._called, []
        self._running = True
        try:
            self._runner.run(self._jobs(hook, called))
        finally:
            self._running = False

    def _jobs(self, hook: str, called: Sequence[tuple[Seat, Any, Any, tuple[Any, ...]]]) -> list[Job]:
        """One job a callback, and before each that may run beside others one that copies what it reads."""
        nodes = [seat.node for seat, *_ in called]
        jobs: list[Job] = []
        place: list[int] = []
        for (seat, trainer, module, given), before in zip(called, waits(nodes, self._edges), strict=True):
            after = tuple(place[at] for at in before)
            name = f"{seat.node.name}.{hook}"
            if is_free(seat.node):
                copied: list[Hook] = []

                def copy(
                    seat: Seat = seat, out: list[Hook] = copied, at: Any = (trainer, module), given: Any = given
                ) -> None:
                    out.append(seat.prepare(hook, *at, given=given))

                jobs.append(Job(f"{name} (what it reads)", copy, after, free=False))
                jobs.append(Job(name, lambda out=copied: out[0](), (len(jobs) - 1,), free=True))
            else:
                jobs.append(Job(name, _play(seat, hook, trainer, module, given), after, free=False))
            place.append(len(jobs) - 1)
        return jobs


def _play(seat: Seat, hook: str, trainer: Any, module: Any, given: tuple[Any, ...]) -> Hook:
    return lambda: seat.play(hook, trainer, module, *given[0], **given[1])
