"""What a callback reads and writes, said on its class; and what a given callback has said.

Examples:
    >>> import pytorch_lightning as pl
    >>> @reads("outputs.loss")
    ... @writes("logged.{name}")
    ... class Smooth(pl.Callback):
    ...     def __init__(self, name):
    ...         self.name = name
    >>> access_of(Smooth("smooth_loss"))
    Access(reads=('outputs.loss',), writes=('logged.smooth_loss',), borrows=(), after=(), declared=True)
"""

import re
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.graph.path import ROOTS, check_paths

__all__ = ["Access", "access_of", "borrows", "declare", "reads", "runs_after", "unsaid_hooks", "writes"]

_Class = TypeVar("_Class", bound=type[Any])


@dataclass(frozen=True)
class Access:
    """What a callback reads and writes, and which classes it runs after; `declared` is False where nothing was said.

    An undeclared callback is taken to read everything, and to write nothing. What is borrowed is changed and put back
    within a hook: others never see it, so it makes no order and no conflict, but nobody reads it meanwhile.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    borrows: tuple[str, ...] = ()
    after: tuple[type, ...] = ()
    declared: bool = True


_SAID: "weakref.WeakKeyDictionary[type, Access]" = weakref.WeakKeyDictionary()
_OWN = "_leyden_access"
_UNDECLARED = Access(reads=tuple(ROOTS), declared=False)


def reads(*paths: str) -> Callable[[_Class], _Class]:
    """Says of a class of callbacks (or of a task) what its hooks look at; adds to what its bases said.

    Args:
        paths: see `leyden.train.graph.path.ROOTS`; `{name}` becomes the callback's attribute `name`.

    Raises:
        UnknownPath: a path cannot be one.

    Examples:
        >>> @reads("outputs.loss", "logged.val_*")
        ... class Report(pl.Callback): ...
        >>> access_of(Report()).reads
        ('outputs.loss', 'logged.val_*')
    """
    return _adding(Access(reads=check_paths(paths)))


def writes(*paths: str) -> Callable[[_Class], _Class]:
    """Says of a class of callbacks (or of a task) what its hooks change; what it writes it may read too.

    Args:
        paths: as for `reads`.

    Raises:
        UnknownPath: a path cannot be one.

    Examples:
        >>> @writes("optimizer.lr")
        ... class WarmUp(pl.Callback): ...
        >>> access_of(WarmUp()).writes
        ('optimizer.lr',)
    """
    return _adding(Access(writes=check_paths(paths)))


def borrows(*paths: str) -> Callable[[_Class], _Class]:
    """Says of a class of callbacks what its hooks change and put back before they end, as a switch to evaluation mode.

    Args:
        paths: as for `reads`.

    Raises:
        UnknownPath: a path cannot be one.

    Examples:
        >>> @reads("model")
        ... @borrows("model.training")
        ... class Predict(pl.Callback): ...
        >>> access_of(Predict()).borrows
        ('model.training',)
    """
    return _adding(Access(borrows=check_paths(paths)))


def runs_after(*classes: type) -> Callable[[_Class], _Class]:
    """Says of a class of callbacks that it runs after those of other classes, whatever they read and write.

    Raises:
        TrainError: something else than classes was given.

    Examples:
        >>> class Recorder(pl.Callback): ...
        >>> @runs_after(Recorder)
        ... class Report(pl.Callback): ...
        >>> access_of(Report()).after == (Recorder,)
        True
    """
    strangers = [item for item in classes if not isinstance(item, type)]
    if strangers or not classes:
        raise TrainError(f"runs_after takes classes of callbacks, as in @runs_after(Recorder); given {strangers}")
    return _adding(Access(after=classes))


def declare(
    target: type | pl.Callback,
    *,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    borrows: Sequence[str] = (),
    after: Sequence[type] = (),
    anew: bool = False,
) -> None:
    """Says what a class that you cannot decorate, or one single callback, reads and writes.

    Args:
        target: a class of callbacks, or a callback; what is said of a callback replaces what its class said.
        reads: paths it looks at, as for `leyden.train.reads`.
        writes: paths it changes.
        borrows: paths it changes and puts back within a hook.
        after: classes it runs after.
        anew: let it take the place of what was declared before.

    Raises:
        TrainError: the same target was declared before, in other words.
        UnknownPath: a path cannot be one.

    Examples:
        >>> class Foreign(pl.Callback): ...
        >>> access_of(Foreign()).declared
        False
        >>> declare(Foreign, reads=["outputs.loss"])
        >>> access_of(Foreign()).reads
        ('outputs.loss',)
    """
    said = Access(check_paths(reads), check_paths(writes), check_paths(borrows), tuple(after))
    before = _SAID.get(target) if isinstance(target, type) else vars(target).get(_OWN)
    if before not in (None, said) and not anew:
        name = (target if isinstance(target, type) else type(target)).__name__
        raise TrainError(f"{name} was declared before, as {before}; now {said}: keep one, or declare(..., anew=True)")
    if isinstance(target, type):
        _SAID[target] = said
    else:
        vars(target)[_OWN] = said  # goes with it into copies and pickles


def access_of(target: object) -> Access:
    """What was said of a callback, or of a task: by `declare` of itself, else of its class and all its bases together.

    Raises:
        TrainError: a path names an attribute that the target does not have.

    Examples:
        >>> access_of(pl.Callback()).declared, access_of(pl.Callback()).writes
        (False, ())
    """
    own = vars(target).get(_OWN)
    found = [own] if own else [_SAID[kind] for kind in type(target).__mro__ if kind in _SAID]
    if not found:
        return _UNDECLARED
    return Access(
        _filled(target, (path for said in found for path in said.reads)),
        _filled(target, (path for said in found for path in said.writes)),
        _filled(target, (path for said in found for path in said.borrows)),
        tuple(dict.fromkeys(kind for said in found for kind in said.after)),
    )


def unsaid_hooks(callback: pl.Callback) -> tuple[str, ...]:
    """Hooks of a class that says nothing itself, though a base of it does: what they do is taken to be the base's.

    Examples:
        >>> @reads("logged.val_loss")
        ... class Wait(pl.Callback): ...
        >>> class Patient(Wait):
        ...     def on_train_end(self, trainer, pl_module): ...
        >>> unsaid_hooks(Patient())
        ('on_train_end',)
    """
    if _OWN in vars(callback):
        return ()
    kinds = list(type(callback).__mro__)
    silent = kinds[: next((at for at, kind in enumerate(kinds) if kind in _SAID), 0)]
    hooks = {name for kind in silent for name in vars(kind) if name.startswith("on_") and hasattr(pl.Callback, name)}
    return tuple(sorted(hooks))


def _adding(more: Access) -> Callable[[_Class], _Class]:
    def decorate(kind: _Class) -> _Class:
        if not isinstance(kind, type):
            raise TrainError(f"@reads, @writes and @runs_after stand above a class; given {kind!r}")
        said = _SAID.get(kind, Access())
        _SAID[kind] = Access(
            tuple(dict.fromkeys(more.reads + said.reads)),
            tuple(dict.fromkeys(more.writes + said.writes)),
            tuple(dict.fromkeys(more.borrows + said.borrows)),
            tuple(dict.fromkeys(more.after + said.after)),
        )
        return kind

    return decorate


def _filled(target: object, paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(made for path in paths for made in _fill(target, path)))


def _fill(target: object, path: str) -> list[str]:
    """A path with the callback's own values in its braces: one for each that an attribute holds, none for None."""
    made = [path]
    for name in re.findall(r"\{(\w+)\}", path):
        if not hasattr(target, name):
            kind = type(target).__name__
            raise TrainError(f"{kind} declares {path!r}, but this {kind} has no attribute {name!r}")
        value = getattr(target, name)
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        made = [done.replace(f"{{{name}}}", str(one)) for done in made for one in values if one not in (None, "")]
    return made
