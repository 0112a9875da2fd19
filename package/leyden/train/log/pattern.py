"""Sees which of many logged names change: those that a pattern with wildcards stands for."""

from collections.abc import Iterable, Sequence
from typing import Any, final

import pytorch_lightning as pl

from leyden.train.graph.path import covers
from leyden.train.log.metric import Metric, collected
from leyden.train.log.probe import Change, Probe

__all__ = ["Pattern"]


@final
class Pattern(Probe):
    """Every name that is logged and that a declared path stands for; it costs what these names cost together.

    Args:
        path: `logged`, or one with wildcards: `logged.lr-*`.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._known: dict[str, Metric] = {}
        self._sorted: set[str] = set()  # names and Lightning's keys of names that were looked at already

    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> dict[str, Any]:
        """What is known of every name."""
        self._find(trainer)
        return {name: metric.look(trainer, pl_module) for name, metric in self._known.items()}

    def changes(self, seen: dict[str, Any], trainer: pl.Trainer, pl_module: pl.LightningModule) -> Sequence[Change]:
        """One row a name that the hook logged, or whose value it changed."""
        self._find(trainer)
        return [
            change
            for name, metric in self._known.items()
            for change in metric.changes(seen.get(name, _NOTHING), trainer, pl_module)
        ]

    def _find(self, trainer: pl.Trainer) -> None:
        """Takes up the names that were not there before."""
        kept = trainer._logger_connector
        for names in (kept._callback_metrics, kept._logged_metrics, kept._progress_bar_metrics):
            if new := names.keys() - self._sorted:
                self._sort(new, new)
        results = collected(trainer) or {}
        if new := results.keys() - self._sorted:
            self._sort(new, {results[key].meta.name for key in new})

    def _sort(self, keys: Iterable[str], names: Iterable[str]) -> None:
        for name in sorted(names):
            if name not in self._known and covers(self._path, f"logged.{name}"):
                self._known[name] = Metric(name)
        self._sorted.update(keys)


_NOTHING = (None, (None, None, None))
