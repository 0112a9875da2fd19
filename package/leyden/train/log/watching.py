"""From what a callback declares to write to what looks at it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytorch_lightning as pl

from leyden.train.graph.access import Access
from leyden.train.graph.path import covers
from leyden.train.log.metric import Metric
from leyden.train.log.pattern import Pattern
from leyden.train.log.probe import Attributes, Groups, Probe

__all__ = ["blind_paths", "probes_of"]

_TENSORS = {"parameters", "gradients", "buffers"}
_COMPUTED = {"callback_metrics", "logged_metrics", "progress_bar_metrics"}
_KEYS = ("lr", "momentum", "betas", "weight_decay")  # of a parameter group: what schedules change
_CHEAP = {"current_epoch", "global_step", "max_epochs", "max_steps", "num_training_batches"}


def probes_of(access: Access) -> tuple[Probe, ...]:
    """What looks, before and after each call, at the values among what a callback declares to write.

    Examples:
        >>> access = Access(writes=("optimizer.lr", "logged.loss", "model.parameters"))
        >>> [type(probe).__name__ for probe in probes_of(access)]
        ['Groups', 'Metric']
    """
    return tuple(probe for path in access.writes for probe in _probes(path))


def blind_paths(access: Access) -> tuple[str, ...]:
    """The declared paths that no probe sees, or not the whole of: what is no value, or is named by a pattern.

    Examples:
        >>> blind_paths(Access(writes=("optimizer.lr", "optimizer", "logged.lr-*", "model.parameters", "logger")))
        ('optimizer', 'model.parameters', 'logger')
    """
    return tuple(path for path in access.writes if not _probes(path) or (_wild(path) and not path.startswith("logged")))


def _wild(path: str) -> bool:
    return "." not in path or any(sign in path for sign in "*?[")


def _probes(path: str) -> list[Probe]:
    root, _, name = path.partition(".")
    if root == "optimizer":
        keys = [key for key in _KEYS if covers(path, f"optimizer.{key}")] if _wild(path) else _key(name)
        return [Groups(f"optimizer.{key}", key) for key in keys]
    if root == "logged":
        return [Pattern(path) if _wild(path) else Metric(name)]
    owners = None if _wild(path) else _owners(root, name)
    attribute = name.partition(".")[2] if root == "callback" else name
    return [Attributes(path, attribute, owners=owners)] if owners else []


def _key(name: str) -> list[str]:
    return [] if "." in name or name in ("params", "state", "param_groups", "defaults") else [name]


def _owners(root: str, name: str) -> Callable[[pl.Trainer, pl.LightningModule], Sequence[Any]] | None:
    """Who has an attribute; None for what is never one value, and for what is better not looked at."""
    first, _, rest = name.partition(".")
    seen = {
        "callback": partial(_callbacks, first) if rest else None,
        "model": None if first in _TENSORS else _task,
        "scheduler": _schedulers,
        "trainer": _trainer if first not in _COMPUTED and (rest or _is_cheap(first)) else None,
    }
    return seen.get(root)


def _is_cheap(name: str) -> bool:
    """A property without a setter may compute, load data or wait for other processes when it is read."""
    kind = getattr(pl.Trainer, name, None)
    return name in _CHEAP or not isinstance(kind, property) or kind.fset is not None


def _task(_: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Any]:
    return (pl_module,)


def _trainer(trainer: pl.Trainer, _: pl.LightningModule) -> Sequence[Any]:
    return (trainer,)


def _schedulers(trainer: pl.Trainer, _: pl.LightningModule) -> Sequence[Any]:
    return [config.scheduler for config in trainer.lr_scheduler_configs]


def _callbacks(kind: str, trainer: pl.Trainer, _: pl.LightningModule) -> Sequence[Any]:
    found: Sequence[pl.Callback] = getattr(trainer, "callbacks")  # noqa: B009 Lightning sets it where pyright cannot see
    return [callback for callback in found if type(callback).__name__ == kind]
