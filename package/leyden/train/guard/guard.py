"""The guard of one callback: what its hooks see of a run, and the error at the first thing they did not declare."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, final

import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.graph.access import Access
from leyden.train.graph.path import ROOTS
from leyden.train.guard.copies import copies
from leyden.train.guard.grant import Grant, Offer
from leyden.train.guard.names import Names
from leyden.train.guard.record import Record
from leyden.train.guard.scope import Scope
from leyden.train.guard.views.piece import offered, sealed
from leyden.train.guard.views.view import Standing, real
from leyden.train.guard.views.ways import shown

__all__ = ["Guard"]

_Seen = tuple[Any, Any, tuple[Any, ...], dict[str, Any]]
_Opening = tuple[int, Any, Offer]

_GIVEN = {
    **{f"on_{stage}_batch_start": ("batch",) for stage in ("train", "validation", "test", "predict")},
    **{f"on_{stage}_batch_end": ("outputs", "batch") for stage in ("train", "validation", "test", "predict")},
    "on_before_backward": ("outputs.loss",),
    "on_before_optimizer_step": ("optimizer",),
    "on_before_zero_grad": ("optimizer",),
    "on_save_checkpoint": ("checkpoint",),
    "on_load_checkpoint": ("checkpoint",),
}
_WORDS = {
    "batch": "batch",
    "outputs": "outputs",
    "loss": "outputs.loss",
    "optimizer": "optimizer",
    "checkpoint": "checkpoint",
}


@final
class Guard(Scope):
    """Keeps one callback to what it declared.

    It sees what is reached through the arguments of a hook: attributes, keys, groups, metrics, modules. Tensors are
    handed out as they are, and watched: one that was changed in place without a word is named when the hook ends.

    What it cannot see:

    - writes to `tensor.data`, through NumPy, and to tensors made in inference mode: a tensor does not count them;
    - a container of more than 64 items in a batch or in outputs, and what lies deeper than three levels;
    - gradients that `loss.backward()` fills where no parameter was handed out in that hook;
    - what a method of the Trainer or of the task does inside;
    - the inside of objects that are the user's own;
    - what the callback keeps elsewhere and reaches without the hook's arguments.

    Args:
        name: the callback, as the graph calls it: its class, and a number where there are several.
        access: what it declared.
        callback: the callback itself: it may see all of itself, also through `trainer.callbacks`.

    Examples:
        >>> import torch
        >>> from torch import nn
        >>> class Task(pl.LightningModule):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.net = nn.Linear(2, 1)
        >>> guard, task, trainer = Guard("Watch", Access(reads=("outputs.loss",))), Task(), pl.Trainer(logger=False)
        >>> def watch(trainer, pl_module, outputs, batch, batch_idx):
        ...     print(float(outputs["loss"]))
        ...     trainer.should_stop = True
        >>> with guard.hook("on_train_batch_end", trainer, task, ({"loss": torch.ones(())}, None, 0), {}) as seen:
        ...     watch(seen[0], seen[1], *seen[2])
        Traceback (most recent call last):
        leyden.errors.AccessError: Watch wrote trainer.should_stop in on_train_batch_end, which it does not declare; ...
    """

    __slots__ = ("_before", "_model", "_openings", "_seen", "_task", "_trainer")

    def __init__(self, name: str, access: Access, *, callback: object = None) -> None:
        super().__init__(name, Grant(access), callback=callback)
        self.everything = all(self.grant.writable[root] for root in ROOTS)
        self._begin()

    def _begin(self) -> None:
        """Stands before the first hook of a run."""
        self._before: list[str | None] = []
        self._openings: dict[str, list[_Opening]] = {}
        self._trainer: pl.Trainer | None = None
        self._task: pl.LightningModule | None = None
        self._seen = self._model = None

    def wrap(self, value: Any, path: str) -> Any:
        """A value that was found under a path, as the callback may see it: itself, or a view of it.

        Raises:
            AccessError: it may not be read.
        """
        return shown(self, value, path)

    def enter(self, hook: str, trainer: Any, pl_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Seen:
        """Begins a hook: what to call it with, in place of what it was given.

        Args:
            hook: its name, as `on_train_batch_end`.
            trainer: the Trainer, or a view of it where the callback calls a hook of its own.
            pl_module: the task, or a view of it.
            args: what follows them.
            kwargs: what is given by name.
        """
        if trainer is not self._trainer or pl_module is not self._task:
            own = issubclass(type(trainer), Standing) and trainer._leyden_scope.grant is self.grant
            if own or self.everything:
                self._before.append(self.within)
                self.within = hook
                return (trainer, pl_module, args, kwargs) if own else self._all(trainer, pl_module, args, kwargs)
            self._meet(real(trainer), real(pl_module))
        self._before.append(self.within)
        self.within = hook
        opening = self._openings.get(hook)
        if opening is None:
            opening = self._openings[hook] = self._opening(hook)
        if opening and args:
            seen = list(args)
            for at, sealed, offer in opening[: len(seen)]:
                if seen[at] is not None:
                    seen[at] = sealed if sealed is not None else self._offer(seen[at], offer)
            args = tuple(seen)
        if kwargs:
            kwargs = {name: self._offer(value, self._named(name)) for name, value in kwargs.items()}
        return self._seen, self._model, args, kwargs

    def _all(self, trainer: Any, pl_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Seen:
        """What one that may write everything is called with: the run itself."""
        self._task = real(pl_module)
        return real(trainer), self._task, tuple(map(real, args)), kwargs

    def _meet(self, trainer: pl.Trainer, task: pl.LightningModule) -> None:
        """Takes up a run, or another one."""
        if task is not self._task:
            self._task, self.names = task, Names.of(task)
            self.views.clear()
            self.lists.clear()
        self._trainer = trainer
        self._seen, self._model = shown(self, trainer, "trainer"), shown(self, task, "model")

    def _opening(self, hook: str) -> list[_Opening]:
        """How each argument of a hook is handed out, found out once; what may not be read is made at once."""
        offers = [self.grant.offers[path] for path in _GIVEN.get(hook, ())]
        shut = [offer.sealed and offer.path != "optimizer" for offer in offers]
        return [(at, sealed(self, offer) if shut[at] else None, offer) for at, offer in enumerate(offers)]

    def _offer(self, value: Any, offer: Offer | None) -> Any:
        """An argument of a hook, as the callback may see it."""
        if offer is None:
            return value
        if offer.path == "optimizer":
            view = self.views.get(id(value))
            return shown(self, real(value), offer.path) if view is None else view
        return offered(self, real(value), offer)

    def _named(self, name: str) -> Offer | None:
        """How an argument given by name is handed out."""
        return self.grant.offers[_WORDS[name]] if name in _WORDS else None

    def leave(self) -> None:
        """Ends the hook that began last.

        Raises:
            AccessError: something that was handed out to be read has been changed in place; all of it is named.
        """
        record = self.record
        if record.held:
            faults = record.changed()
            if faults:
                error = self.refusal("write", *faults)
                self.abandon()
                raise error
            self.abandon()
        else:
            self.within = self._before.pop()

    def abandon(self) -> None:
        """Ends the hook that began last, without a look at what it changed: for one that raised."""
        self.within = self._before.pop()
        if self.within is None and self.record.held:
            self.record.clear()

    def around(self, hook: str, own: Callable[..., Any]) -> Callable[..., Any]:
        """A hook with `enter` before it and `leave` after it, to be called as the hook itself is.

        Args:
            hook: its name.
            own: the callback's own method.

        Examples:
            >>> guard = Guard("Mine", Access(reads=("trainer.max_epochs",)))
            >>> hook = guard.around("on_fit_start", lambda trainer, pl_module: trainer.max_epochs)
            >>> hook(pl.Trainer(max_epochs=3, logger=False), pl.LightningModule())
            3
        """
        enter, leave, abandon = self.enter, self.leave, self.abandon

        def act(trainer: Any, pl_module: Any, *args: Any, **kwargs: Any) -> Any:
            seen, model, args, kwargs = enter(hook, trainer, pl_module, args, kwargs)
            try:
                returned = own(seen, model, *args, **kwargs) if kwargs else own(seen, model, *args)
            except BaseException:
                abandon()
                raise
            leave()
            return returned

        return act

    @contextmanager
    def hook(
        self, name: str, trainer: Any, pl_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[_Seen]:
        """`enter` and `leave` around a block."""
        seen = self.enter(name, trainer, pl_module, args, kwargs)
        try:
            yield seen
        except BaseException:
            self.abandon()
            raise
        self.leave()

    def log(self, name: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """`LightningModule.log` for the callback, where it may write `logged.<name>`."""
        path = f"logged.{name}"
        if not self.grant.writable[path]:
            raise self.refusal("write", path)
        self._logging().log(name, real(value), *args, **kwargs)

    def log_dict(self, dictionary: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        """`LightningModule.log_dict` for the callback, where it may write each of the names."""
        for path in [f"logged.{name}" for name in dictionary]:
            if not self.grant.writable[path]:
                raise self.refusal("write", path)
        plain = {name: real(value) for name, value in dictionary.items()}
        self._logging().log_dict(plain, *args, **kwargs)

    def _logging(self) -> pl.LightningModule:
        if self._task is None:
            raise TrainError(f"{self.name} logs before the first hook of a run; log in a hook that begins with on_")
        return self._task

    def freeze(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> "Guard":
        """A guard for one run of one hook in another thread: its small values are copies made now, on this thread.

        Tensors of the task, of the batch and of the outputs are the real ones: the plan sees to it that nobody writes
        them meanwhile. A thread that calls `enter` and `leave` of it also finds what the hook changed in place.
        """
        frozen = copy(self)
        frozen.record, frozen.views, frozen.lists, frozen.sealed, frozen.within = Record(), {}, {}, {}, None
        frozen._begin()
        frozen.frozen = copies(self.grant, trainer, pl_module)
        return frozen

    def snapshot(self, hook: str, trainer: Any, pl_module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Seen:
        """What to call a hook with in another thread, as `freeze` copies it; changes in place are not looked for."""
        return self.freeze(trainer, pl_module).enter(hook, trainer, pl_module, args, kwargs)
