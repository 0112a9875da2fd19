"""The Trainer, what it is made of, its loggers and the other callbacks, as one callback may see them."""

from types import MethodType
from typing import Any

from leyden.train.guard.views.view import Method, View, asked

__all__ = ["CallbackView", "LoggerView", "TrainerView"]

_ROOTS = {
    "callback_metrics": "logged",
    "logged_metrics": "logged",
    "progress_bar_metrics": "logged",
    "_results": "logged",
    "optimizers": "optimizer",
    "_optimizers": "optimizer",
    "_lightning_optimizers": "optimizer",
    "lr_scheduler_configs": "scheduler",
    "logger": "logger",
    "loggers": "logger",
    "_loggers": "logger",
    "callbacks": "callback",
}
"""Attributes of the Trainer, or of a part of it, that have a root of their own."""


class TrainerView(View):
    """The Trainer, or a part of it (its strategy, its loops): a part is free to walk to, a value in it is not.

    A method of the Trainer runs on the Trainer itself: what it does, hooks of others included, is the Trainer's doing.
    """

    __slots__ = ()

    callback_metrics = asked("callback_metrics")
    current_epoch = asked("current_epoch")
    global_step = asked("global_step")
    logger = asked("logger")
    optimizers = asked("optimizers")

    def _leyden_look(self, name: str, value: Any) -> Any:
        if type(value) is MethodType:
            if name == "log_metrics":
                return Method(self._leyden_scope, value, writes=("logger",), own=True)
            return Method(self._leyden_scope, value, reads=(self._leyden_place(name),), own=True)
        return self._leyden_scope.wrap(value, self._leyden_place(name))

    def _leyden_place(self, name: str) -> str:
        return _ROOTS.get(name) or f"{self._leyden_path}.{name}"


class LoggerView(View):
    """A logger: to call any method of it, or to take its `experiment`, is to write to it."""

    __slots__ = ()

    def _leyden_look(self, name: str, value: Any) -> Any:
        scope = self._leyden_scope
        if type(value) is MethodType:
            return Method(scope, value, writes=(self._leyden_path,))
        if name in ("experiment", "_experiment"):
            scope.write(self._leyden_path)
            return value
        return scope.wrap(value, self._leyden_place(name))


class CallbackView(View):
    """Another callback: `callback.<Class>.<attribute>`."""

    __slots__ = ()

    def _leyden_look(self, name: str, value: Any) -> Any:
        place = self._leyden_place(name)
        if callable(value):
            return Method(self._leyden_scope, value, reads=(place,))
        return self._leyden_scope.wrap(value, place)
