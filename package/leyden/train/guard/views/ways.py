"""Which view an object gets, by its class; decided once a class."""

import datetime
import enum
import pathlib
from collections.abc import Callable
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from pytorch_lightning.loggers import Logger
from pytorch_lightning.utilities.types import LRSchedulerConfig
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from leyden.train.guard.scope import Scope
from leyden.train.guard.views.box import DictView, ListView
from leyden.train.guard.views.module import ModuleView
from leyden.train.guard.views.optimizer import GroupView, OptimizerView, SchedulerView
from leyden.train.guard.views.piece import MappingPiece, piece_of
from leyden.train.guard.views.trainer import CallbackView, LoggerView, TrainerView
from leyden.train.guard.views.view import View, fitting, view_of

__all__ = ["shown"]

_PLAIN = (int, float, str, bytes, complex, type(None), enum.Enum, datetime.timedelta, pathlib.PurePath)
_HOUSES = {"pytorch_lightning", "lightning_fabric", "lightning"}
_FREE = {"optimizer", "scheduler", "logger", "callback"}
_Way = Callable[[Scope, Any, str], Any]
_WAYS: dict[type, _Way] = {}


def shown(scope: Scope, value: Any, path: str) -> Any:
    """A value found under a path, as a callback may see it.

    Returns:
        A view of what has parts with paths of their own (modules, optimisers, the Trainer's parts, other callbacks), a
        view of a list or dictionary, a tensor that is watched, and anything else as it is.

    Raises:
        AccessError: it has no parts, and may not be read.
    """
    way = _WAYS.get(type(value))
    if way is None:
        way = _WAYS[type(value)] = _way(type(value))
    return way(scope, value, path)


def _way(kind: type) -> _Way:
    ways: list[tuple[Any, _Way]] = [
        (_PLAIN, _plain),
        (nn.Parameter, lambda scope, value, path: scope.parameter(value)),
        (torch.Tensor, lambda scope, value, path: scope.tensor(value, path)),
        (nn.Module, _module),
        (pl.Trainer, lambda scope, value, path: _kept(scope, value, TrainerView, "trainer")),
        ((Optimizer, LightningOptimizer), _optimizer),
        ((LRScheduler, LRSchedulerConfig), _scheduler),
        (Logger, _logger),
        (pl.Callback, _callback),
    ]
    found = next((way for family, way in ways if issubclass(kind, family)), None)
    if found is not None:
        return found
    if kind is list:
        return _list
    if kind is dict:
        return _dict
    if issubclass(kind, dict | list | tuple):
        return _nested
    if any("__iter__" in vars(base) or "__call__" in vars(base) for base in kind.__mro__):
        return _plain
    return _part if any(base.__module__.partition(".")[0] in _HOUSES for base in kind.__mro__) else _plain


def _plain(scope: Scope, value: Any, path: str) -> Any:
    scope.read(path)
    return value


def _nested(scope: Scope, value: Any, path: str) -> Any:
    scope.read(path)
    if not scope.grant.writable[path]:
        scope.record.nested(value, path)
    return value


def _kept(scope: Scope, value: Any, kind: type[View], path: str) -> Any:
    view = scope.views.get(id(value))
    if view is None:
        view = scope.views[id(value)] = view_of(kind, scope, value, path=path)
    return view


def _part(scope: Scope, value: Any, path: str) -> Any:
    if scope.grant.writable["trainer"] and scope.everything:
        return value
    return _kept(scope, value, TrainerView, path)


def _module(scope: Scope, value: nn.Module, path: str) -> Any:
    view = scope.views.get(id(value))
    if view is not None:
        return view
    name = scope.names.name(value) if scope.names else None
    if name is not None:
        return _kept(scope, value, ModuleView, f"model.{name}" if name else "model")
    if scope.names and any(scope.names.name(inner) == "" for inner in value.children()):
        return _kept(scope, value, ModuleView, "model")
    return _plain(scope, value, path)


def _optimizer(scope: Scope, value: Any, path: str) -> Any:
    if scope.grant.writable["optimizer"]:
        return value
    return _kept(scope, value, OptimizerView, "optimizer")


def _scheduler(scope: Scope, value: Any, path: str) -> Any:
    if scope.grant.writable["scheduler"] and scope.grant.writable["optimizer"]:
        return value
    return _kept(scope, value, SchedulerView, "scheduler")


def _logger(scope: Scope, value: Any, path: str) -> Any:
    return value if scope.grant.writable["logger"] else _kept(scope, value, LoggerView, "logger")


def _callback(scope: Scope, value: Any, path: str) -> Any:
    if value is scope.callback:
        return value
    place = f"callback.{type(value).__name__}"
    return value if scope.grant.writable[place] else _kept(scope, value, CallbackView, place)


def _list(scope: Scope, value: list[Any], path: str) -> Any:
    if scope.grant.writable[path]:
        return value
    if path not in _FREE:
        scope.read(path)
        return ListView(scope, value, path)
    kept = scope.lists.get(id(value))
    if kept is None or not kept._leyden_fresh():
        kept = scope.lists[id(value)] = ListView(scope, value, path)
    return kept


def _dict(scope: Scope, value: dict[Any, Any], path: str) -> Any:
    if scope.grant.writable[path]:
        return value
    if path == "logged":
        return piece_of(fitting(MappingPiece, dict), scope, value, offer=scope.grant.offers[path])
    if path == "optimizer" and "params" in value:
        view = scope.views.get(id(value))
        if view is None:
            view = scope.views[id(value)] = piece_of(
                fitting(GroupView, dict), scope, value, offer=scope.grant.offers[path]
            )
        return view
    scope.read(path)
    return DictView(scope, value, path)
