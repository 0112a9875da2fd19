"""Names for the state of a run: `optimizer.lr`, `logged.val_loss`, `batch.*`; which of them name the same thing."""

import difflib
import inspect
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import pytorch_lightning as pl

from leyden.errors import UnknownPath

__all__ = ["ROOTS", "check_paths", "closest", "covers", "overlaps"]

ROOTS = {
    "batch": "what the loader gave: batch.0, batch.image",
    "callback": "what another callback keeps: callback.History.steps",
    "checkpoint": "the dictionary that is being saved or loaded",
    "logged": "what was logged, by name: logged.val_loss",
    "logger": "the Trainer's loggers, as something to write to",
    "model": "the task: model.parameters, model.gradients, model.buffers, or an attribute of it",
    "optimizer": "every group of every optimiser: optimizer.lr, optimizer.state",
    "outputs": "what the step returned: outputs.loss",
    "scheduler": "the learning-rate schedulers",
    "trainer": "an attribute of the Trainer: trainer.current_epoch, trainer.should_stop",
}
"""The first word of a path, and what it stands for."""

_WILD = frozenset("*?[")


def check_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths as they were given, once each, after a look at their spelling.

    Args:
        paths: words joined by dots; the first is one of `ROOTS`. `*`, `?` and `[...]` stand for letters of one word, as
            in file names, and `{name}` for what the callback has under that attribute.

    Raises:
        UnknownPath: one or more of them cannot be paths; all are named, with the closest that could.

    Examples:
        >>> check_paths(["outputs.loss", "batch.*"])
        ('outputs.loss', 'batch.*')
        >>> check_paths(["optimiser.lr"])
        Traceback (most recent call last):
        leyden.errors.UnknownPath: 'optimiser.lr': no such root; did you mean 'optimizer.lr'?...
    """
    paths = tuple(dict.fromkeys(paths))
    faults = [f"{path!r}: {fault}" for path in paths if (fault := _fault(path))]
    if faults:
        raise UnknownPath(f"{'; '.join(faults)}. A path begins with one of {', '.join(ROOTS)}")
    return paths


def _fault(path: object) -> str:
    if not isinstance(path, str) or not path or any(not word for word in path.split(".")) or " " in path:
        return "a path is a string of words joined by dots"
    root, *rest = path.split(".")
    if root not in ROOTS:
        near = closest(root, ROOTS)
        return f"no such root; did you mean {'.'.join([near, *rest])!r}?" if near else "no such root"
    if root == "trainer" and rest and not _WILD & set(rest[0]) and "{" not in rest[0] and rest[0] not in _trainer():
        near = closest(rest[0], _trainer())
        return "a Trainer has no such attribute" + (f"; did you mean 'trainer.{near}'?" if near else "")
    return ""


@lru_cache(maxsize=1)
def _trainer() -> frozenset[str]:
    """Names that a Trainer has: of its class, and those that its own making and its connectors' give it."""
    makers: list[Any] = [inspect.unwrap(pl.Trainer.__init__)]
    for name, module in list(sys.modules.items()):
        if name.startswith("pytorch_lightning.trainer."):
            makers += [kind.on_trainer_init for kind in vars(module).values() if hasattr(kind, "on_trainer_init")]
            makers += [made for made in vars(module).values() if getattr(made, "__name__", "").startswith("_init_")]
    return frozenset(dir(pl.Trainer)).union(*(maker.__code__.co_names for maker in makers))


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that is spelt most like a given one; empty where none is alike."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")


@lru_cache(maxsize=4096)
def covers(declared: str, path: str) -> bool:
    """Whether a declared path names a given one: itself, all below it, or all that its wildcards stand for.

    Examples:
        >>> covers("batch", "batch.image.0"), covers("logged.val_*", "logged.val_loss"), covers("batch.image", "batch")
        (True, True, False)
    """
    asked, given = declared.split("."), path.split(".")
    if asked[-1] == "*":
        asked.pop()
    return len(asked) <= len(given) and all(map(fnmatchcase, given, asked))


@lru_cache(maxsize=65536)
def overlaps(first: str, second: str) -> bool:
    """Whether two declared paths can name the same thing.

    Examples:
        >>> overlaps("optimizer", "optimizer.lr"), overlaps("logged.val_*", "logged.*_loss")
        (True, True)
        >>> overlaps("logged.val_*", "logged.train_*"), overlaps("optimizer.lr", "optimizer.momentum")
        (False, False)
    """
    return all(_meet(one, other) for one, other in zip(first.split("."), second.split("."), strict=False))


def _meet(one: str, other: str) -> bool:
    """Whether two words with wildcards can be the same word: where both have some, only their ends are compared."""
    if not _WILD & set(one):
        return fnmatchcase(one, other)
    if not _WILD & set(other):
        return fnmatchcase(other, one)
    starts = (_literal(one), _literal(other))
    ends = (_literal(one[::-1], "*?]"), _literal(other[::-1], "*?]"))
    return all(a.startswith(b) or b.startswith(a) for a, b in (starts, ends))


def _literal(word: str, wild: str = "*?[") -> str:
    """What stands before the first wildcard."""
    return next((word[:at] for at, sign in enumerate(word) if sign in wild), word)
