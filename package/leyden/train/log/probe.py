"""Looks at one declared path before and after a call, and says what changed."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import zip_longest
from operator import attrgetter
from typing import Any, final

import pytorch_lightning as pl

from leyden.train.log.value import LARGE, alike, held

__all__ = ["Attributes", "Change", "Groups", "Probe", "together"]

Change = tuple[str, Any, Any]
"""Path, value before, value after, as `leyden.train.log.value.held` gives them, or as a `Later`."""

_NEXT = object()
_ABSENT = (AttributeError, KeyError, IndexError, TypeError, RuntimeError)  # a property that is not set up yet


class Probe(ABC):
    """One path that a callback declares to write. Both methods are called in every step: they must be fast."""

    @abstractmethod
    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> Any:
        """Whatever `changes` needs to know of the state before the call; reads nothing from an accelerator."""

    @abstractmethod
    def changes(self, seen: Any, trainer: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Change]:
        """What is different now, after the call."""


@final
class Groups(Probe):
    """A key of every parameter group of every optimizer.

    Args:
        path: the declared path, `optimizer.lr`.
        key: the key, `lr`.
    """

    def __init__(self, path: str, key: str) -> None:
        self._path = path
        self._key = key

    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> list[Any]:
        """The values of all groups, in a row; a mark stands before those of each optimizer."""
        key = self._key
        values: list[Any] = []
        for optimizer in trainer._accelerator_connector.strategy._optimizers:  # `trainer.optimizers`, in half its time
            values.append(_NEXT)
            for group in optimizer.param_groups:
                value = group.get(key)
                values.append(value if type(value) is float else held(value))
        return values

    def changes(self, seen: list[Any], trainer: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Change]:
        """One row a group whose value is another one now, or that is new or gone."""
        now = self.look(trainer, pl_module)
        if now == seen:
            return ()
        if len(now) == len(seen) == 2:  # one group of one optimizer
            return () if alike(seen[1], now[1]) else ((self._path, seen[1], now[1]),)
        before, after = _placed(seen), _placed(now)
        return [
            (f"{self._path}.{place}", before.get(place), after.get(place))
            for place in {**before, **after}
            if not alike(before.get(place), after.get(place))
        ]


def _placed(values: list[Any]) -> dict[str, Any]:
    """The values by place: `0.1` is the second group of the first optimizer."""
    places: dict[str, Any] = {}
    optimizer, group = -1, 0
    for value in values:
        if value is _NEXT:
            optimizer, group = optimizer + 1, 0
        else:
            places[f"{optimizer}.{group}"] = value
            group += 1
    return places


@final
class Attributes(Probe):
    """An attribute of the Trainer, of the task, of other callbacks or of the schedulers.

    Args:
        path: the declared path, `trainer.should_stop`.
        name: the attribute, dots for those of attributes: `should_stop`.
        owners: who has it, of a Trainer and its task.
    """

    def __init__(
        self, path: str, name: str, *, owners: Callable[[pl.Trainer, pl.LightningModule], Sequence[Any]]
    ) -> None:
        self._path = path
        self._get = attrgetter(name)
        self._owners = owners

    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> list[Any]:
        """The values, owner by owner; None for one that does not have the attribute."""
        values: list[Any] = []
        for owner in self._owners(trainer, pl_module):
            try:
                value = self._get(owner)
            except _ABSENT:
                value = None
            values.append(value if type(value) is bool else held(value))
        return values

    def changes(self, seen: list[Any], trainer: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Change]:
        """One row an owner whose value is another one now, or too large to be compared."""
        now = self.look(trainer, pl_module)
        if now == seen and LARGE not in now:
            return ()
        alone = max(len(seen), len(now)) == 1
        return [
            (self._path if alone else f"{self._path}.{place}", before, after)
            for place, (before, after) in enumerate(zip_longest(seen, now))
            if after is LARGE or not alike(before, after)
        ]


@final
class _Several(Probe):
    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = probes

    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> list[Any]:
        return [probe.look(trainer, pl_module) for probe in self._probes]

    def changes(self, seen: list[Any], trainer: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Change]:
        pairs = zip(self._probes, seen, strict=True)
        return [change for probe, before in pairs for change in probe.changes(before, trainer, pl_module)]


def together(probes: Sequence[Probe]) -> Probe | None:
    """One probe that sees what several see; None for none."""
    return _Several(probes) if len(probes) > 1 else probes[0] if probes else None
