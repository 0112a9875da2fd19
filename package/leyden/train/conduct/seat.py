"""One callback's place in a run: what stands in for each of its hooks while the graph conducts it."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeAlias, final

import pytorch_lightning as pl

from leyden.train.graph.node import Node, overrides
from leyden.train.guard import Guard
from leyden.train.log import RunLog

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
        self._played = {name: _Played(self, name, own) for name, own in self.hooks.items()}
        self.busy = False

    def take(self, through: Callable[["Seat", str], Hook] | None = None) -> None:
        """Puts the stand-ins in place.

        Args:
            through: makes what Lightning calls for (seat, name of the hook); None makes it `play` the hook at once.
        """
        for name, own in self.hooks.items():
            played = self._played[name]
            self._put(name, played if through is None else _Passed(played.again, own, through(self, name)))
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
        frozen = self._guard.freeze(trainer, module)

        def act() -> None:
            start = perf_counter()
            try:
                _watched(frozen, hook, own)(trainer, module, *given[0], **given[1])
            finally:
                log.note(number, hook, start, perf_counter() - start, None, trainer, module)

        return act

    def _put(self, name: str, value: Any) -> None:
        held = vars(self.node.callback)
        self._before[name] = held.get(name, _ABSENT)
        held[name] = value


def _watched(guard: Guard, hook: str, own: Hook) -> Hook:
    def act(trainer: pl.Trainer, module: pl.LightningModule, *args: Any, **kwargs: Any) -> Any:
        trainer_view, module_view, seen, named = guard.enter(hook, trainer, module, args, kwargs)
        try:
            returned = own(trainer_view, module_view, *seen, **named)
        except BaseException:
            guard.abandon()
            raise
        guard.leave()
        return returned

    return act


@final
class _StandIn:
    """What Lightning calls for a hook; a copy of the callback, by `copy` or `pickle`, gets its own hook instead."""

    __slots__ = ("__wrapped__", "_act", "_callback", "_name")

    def __init__(self, callback: pl.Callback, name: str, act: Hook, own: Hook) -> None:
        self._callback, self._name, self._act, self.__wrapped__ = callback, name, act, own

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._act(*args, **kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (self._callback, self._name)
