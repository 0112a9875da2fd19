"""Optimisers, their groups and their schedulers, as a callback may see them: `optimizer.lr` is that of every group."""

from collections.abc import Mapping
from typing import Any

import torch

from leyden.train.guard.views.piece import MappingPiece
from leyden.train.guard.views.sealed import Sealed
from leyden.train.guard.views.view import Method, View, asked

__all__ = ["GroupView", "OptimizerView", "SchedulerView"]

_ABSENT = object()
_OPTIMIZER_WRITES = {
    "step": ("model.parameters", "optimizer.state"),
    "zero_grad": ("model.gradients",),
    "toggle_model": ("model.parameters",),
}
_OPTIMIZER_READS = {"state_dict"}
_SCHEDULER_READS = {"get_last_lr", "get_lr", "state_dict"}


class OptimizerView(View):
    """An optimiser, Lightning's wrapper of it included."""

    __slots__ = ()

    param_groups = asked("param_groups")

    def _leyden_look(self, name: str, value: Any) -> Any:
        scope = self._leyden_scope
        if name == "param_groups":
            return scope.wrap(value, "optimizer")
        if callable(value):  # a scheduler puts a plain function in the place of `step`
            if name in _OPTIMIZER_READS:
                return Method(scope, value, reads=("optimizer",))
            return Method(scope, value, writes=_OPTIMIZER_WRITES.get(name, ("optimizer",)))
        return scope.wrap(value, f"optimizer.{name}")


class GroupView(MappingPiece):
    """A group of parameters: a dictionary in which each key is asked for."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        scope, item = self._leyden_scope, self._leyden_real
        if scope.within is None:
            return item[key]
        if scope.frozen:
            value = scope.frozen.get((id(item), key), _ABSENT)
            if value is not _ABSENT:
                return value
        if key == "params":
            return self._leyden_part(key, item[key])
        value = item[key]
        offer = self._leyden_given.parts[key] if type(key) is str else self._leyden_given.part(key)
        if not (offer.watched or offer.plain):
            raise scope.refusal("read", offer.path)
        return scope.tensor(value, offer.path) if isinstance(value, torch.Tensor) else value

    def _leyden_part(self, key: Any, value: Any) -> Any:
        if key == "params":
            return list(self._leyden_scope.parameters(value))
        return super()._leyden_part(key, value)

    def _leyden_offer(self, key: Any, value: Any) -> Any:
        scope = self._leyden_scope
        if key == "params" and scope.within is not None:
            can = all(map(scope.may_read_parameter, value))
            return self._leyden_part(key, value) if can else Sealed(scope, "model.parameters")
        return super()._leyden_offer(key, value)


class SchedulerView(View):
    """A learning-rate scheduler, or Lightning's notes on one."""

    __slots__ = ()

    def _leyden_look(self, name: str, value: Any) -> Any:
        scope = self._leyden_scope
        if callable(value):  # a scheduler puts a plain function in the place of `step`
            if name in _SCHEDULER_READS:
                return Method(scope, value, reads=(f"scheduler.{name}",))
            return Method(scope, value, writes=("scheduler", "optimizer.lr"))
        if isinstance(value, Mapping):
            scope.read(f"scheduler.{name}")
            return value
        return scope.wrap(value, f"scheduler.{name}")
