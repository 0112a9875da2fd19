"""One callback's place in a run: what stands in for each of its hooks while the graph conducts it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import get_ident
from time import perf_counter
from typing import Any, TypeAlias, final

import pytorch_lightning as pl

from leyden.train.graph.node import Node, overrides
from leyden.train.guard import Guard
from leyden.train.log import RunLog
from leyden.train.log.noting import Kind, batches_of

__all__ = ["CONDUCTED", "Hook", "Seat"]

Hook: TypeAlias = Callable[..., Any]

_LEFT = {"setup", "teardown", "on_exception", "state_dict", "load_state_dict"}

CONDUCTED = tuple(
    name
    for name, value in vars(pl.Callback).items()
    if not name.startswith("_") and callable(value) and name not in _LEFT
)
"""The hooks that a graph conducts: all but those before and after a run, and those that hold a callback's own state."""

_ABSENT = object()


@final
class Seat:
    """Puts stand-ins in the place of a callback's own hooks, as attributes of the instance, and takes them away again.

    Lightning looks a hook up on the callback, and itself sets `callback.log` in the same way. So the callback stays
    what it is: to `isinstance`, to `is`, and to checkpoints.

    Args:
        node: the callback and what it declared.
        number: its number in the log.
        log: where its calls are kept.
        guard: holds it to its declaration.
        strict: whether the guard watches it on the training thread too, or only beside it.
    """

    def __init__(self, node: Node, number: int, *, log: RunLog, guard: Guard, strict: bool) -> None:
        self.node, self._number, self._log, self._guard, self._strict = node, number, log, guard, strict
        self.hooks = {name: getattr(node.callback, name) for name in CONDUCTED if overrides(node.callback, name)}
        self._before: dict[str, Any] = {}
        busy = [False]
        self._played = {
            name: _Played(
                (node.callback, name),
                own=own,
                act=guard.around(name, own) if strict else own,
                busy=busy,
                digest=log.digest,
                kind=log.kind(number, name),
            )
            for name, own in self.hooks.items()
        }

    def take(self, through: Callable[["Seat", str], Hook] | None = None) -> None:
        """Puts the stand-ins in place.

        Args:
            through: makes what Lightning calls for (seat, name of the hook); None makes it `play` the hook at once.
        """
        for name, own in self.hooks.items():
            stand_in: _StandIn = self._played[name]
            if through is not None:
                stand_in = _Passed((self.node.callback, name), own=own, act=through(self, name))
            self._put(name, stand_in)
        if self._strict:
            self._put("log", self._guard.log)
            self._put("log_dict", self._guard.log_dict)

    def leave(self) -> None:
        """Puts everything back as it was."""
        held = vars(self.node.callback)
        for name, before in self._before.items():
            held.pop(name, None)
            if before is not _ABSENT:
                held[name] = before
        self._before.clear()

    def play(self, hook: str, *args: Any, **kwargs: Any) -> Any:
        """Runs a hook on this thread, and keeps in the log what it did."""
        return self._played[hook](*args, **kwargs)

    def prepare(self, hook: str, trainer: pl.Trainer, module: pl.LightningModule, *, given: tuple[Any, ...]) -> Hook:
        """A hook that may run on another thread: what it reads of the run is copied now.

        Args:
            hook: its name.
            trainer: the running Trainer.
            module: the task.
            given: what else Lightning gave it: positional arguments, and named ones as a dictionary.
        """
        own, log, number = self.hooks[hook], self._log, self._number
        frozen = self._guard.freeze(trainer, module).around(hook, own)

        def act() -> None:
            start = perf_counter()
            try:
                frozen(trainer, module, *given[0], **given[1])
            finally:
                log.note(number, hook, start, perf_counter() - start, None, trainer, module)

        return act

    def _put(self, name: str, value: Any) -> None:
        held = vars(self.node.callback)
        self._before[name] = held.get(name, _ABSENT)
        held[name] = value


class _StandIn(ABC):
    """What Lightning calls for a hook; a copy of the callback, by `copy` or `pickle`, gets its own hook instead."""

    __slots__ = ("__wrapped__", "_act", "_of")

    def __init__(self, of: tuple[pl.Callback, str], *, own: Hook, act: Hook) -> None:
        self._of, self.__wrapped__, self._act = of, own, act

    @abstractmethod
    def __call__(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *args: Any, **kwargs: Any) -> Any:
        """Does what the hook is to do in a graph."""

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, self._of


@final
class _Passed(_StandIn):
    """One that leaves it to another when the hook is run."""

    __slots__ = ()

    def __call__(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *args: Any, **kwargs: Any) -> Any:
        return self._act(trainer, pl_module, *args, **kwargs)


@final
class _Played(_StandIn):
    """One that runs the hook at once, and notes it: all in one frame, for it is there at every call of every step."""

    __slots__ = ("_begun", "_busy", "_digest", "_kind", "_limit", "_notes", "_probe", "_threads")

    def __init__(
        self,
        of: tuple[pl.Callback, str],
        *,
        own: Hook,
        act: Hook,
        busy: list[bool],
        digest: Callable[[], None],
        kind: Kind,
    ) -> None:
        super().__init__(of, own=own, act=act)
        self._busy, self._digest, self._kind = busy, digest, kind
        self._probe, self._notes, self._threads, self._limit = kind.probe, kind.notes, kind.threads, kind.limit
        self._begun: Any = None

    def __call__(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *args: Any, **kwargs: Any) -> Any:
        busy, probe, begun = self._busy, self._probe, self._begun
        if busy[0]:  # a hook of this callback calls another of its hooks
            return self.__wrapped__(trainer, pl_module, *args, **kwargs)
        if begun is None:
            begun = self._begun = batches_of(trainer)
        before = None if probe is None else probe.look(trainer, pl_module)
        busy[0] = True
        start = perf_counter()
        try:
            return self._act(trainer, pl_module, *args, **kwargs)
        finally:
            seconds = perf_counter() - start
            busy[0] = False
            changes = () if probe is None else probe.changes(before, trainer, pl_module)
            notes = self._notes
            notes.append((self._kind, self._threads[get_ident()], begun.ready, start, seconds, changes))
            if len(notes) > self._limit:
                self._digest()
