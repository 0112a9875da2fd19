"""The small values that a callback reads, copied: what it sees in another thread, whatever others write meanwhile."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import pytorch_lightning as pl
import torch

from leyden.train.guard.grant import Grant

__all__ = ["copies"]

_Copies: TypeAlias = dict[tuple[int, Any], Any]

_SMALL = (int, float, str, bool, type(None), bytes)
_FEW = 8
"""Longest list of numbers that counts as a small value: betas, last rates of a few groups."""

_WILD = frozenset("*?[")
_METRICS = ("callback_metrics", "logged_metrics", "progress_bar_metrics")
_TENSORS = ("parameters", "gradients", "buffers")
_COMMON = (
    "accumulate_grad_batches",
    "current_epoch",
    "global_step",
    "is_last_batch",
    "max_epochs",
    "max_steps",
    "num_training_batches",
    "predicting",
    "sanity_checking",
    "should_stop",
    "testing",
    "training",
    "validating",
)
"""What is copied for a callback that reads the whole Trainer: what changes from step to step."""


def copies(grant: Grant, trainer: pl.Trainer, pl_module: pl.LightningModule) -> _Copies:
    """Copies of what a callback declares to read, where it is small: numbers, words, single-element tensors.

    Args:
        grant: what it may read.
        trainer: the real Trainer; its metrics are computed here, on the calling thread.
        pl_module: the real task.

    Returns:
        (id of the object, attribute or key) -> the copy.
    """
    found = _attributes(grant, trainer, pl_module)
    if grant.partly["logged"]:
        for name in _METRICS:
            metrics = getattr(trainer, name)
            found[id(trainer), name] = {key: _copy(value) for key, value in metrics.items()}
    if grant.partly["optimizer"]:
        groups = [group for optimizer in trainer.optimizers for group in optimizer.param_groups]
        found.update(_within(groups, "optimizer", grant))
    if grant.partly["scheduler"]:
        parts = [part for config in trainer.lr_scheduler_configs for part in (config, config.scheduler)]
        found.update(_within(parts, "scheduler", grant))
    if grant.partly["callback"]:
        for callback in getattr(trainer, "callbacks", ()):
            found.update(_within([callback], f"callback.{type(callback).__name__}", grant))
    return found


def _attributes(grant: Grant, trainer: pl.Trainer, pl_module: pl.LightningModule) -> _Copies:
    found: _Copies = {}
    for path in (*grant.access.reads, *grant.access.writes):
        root, *words = path.split(".")
        if root == "trainer":
            wide = not words or bool(_WILD & set(path))
            for chain in [[word] for word in _COMMON] if wide else [words]:
                _take(found, trainer, chain)
        elif root == "model" and words and words[0] not in _TENSORS:
            _take(found, pl_module, words)
    return found


def _take(found: _Copies, holder: Any, words: list[str]) -> None:
    """Follows attributes to a small value, and copies it."""
    *chain, last = words
    for word in chain:
        holder = getattr(holder, word, None)
    value = getattr(holder, last, found)
    if _is_small(value):
        found[id(holder), last] = _copy(value)


def _within(holders: Iterable[Any], path: str, grant: Grant) -> Iterator[tuple[tuple[int, Any], Any]]:
    """The small values under the keys or attributes of some objects that may be read."""
    for holder in holders:
        for key, value in (holder if isinstance(holder, dict) else vars(holder)).items():
            if grant.readable[f"{path}.{key}"] and _is_small(value):
                yield (id(holder), key), _copy(value)


def _is_small(value: object) -> bool:
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and not isinstance(value, torch.nn.Parameter)
    if isinstance(value, list | tuple):
        return len(value) <= _FEW and all(isinstance(item, _SMALL) for item in value)
    return isinstance(value, _SMALL)


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    return list(value) if isinstance(value, list) else value
