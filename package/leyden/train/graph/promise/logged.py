"""What a task logs, told without running it: from what it declares, and from reading its source.

Examples:
    >>> class Task(pl.LightningModule):
    ...     def training_step(self, batch):
    ...         self.log("train_loss", batch.sum())
    ...     def validation_step(self, batch):
    ...         for name in ("loss", "accuracy"):
    ...             self.log(f"val_{name}", batch.sum())
    >>> logged_by(Task())
    Promise(names=('train_loss', 'val_*'), complete=True)
"""

import ast
import inspect
import textwrap
import types
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pytorch_lightning as pl

from leyden.train.graph.access import access_of
from leyden.train.graph.promise.literal import Scope, keys, names

__all__ = ["Promise", "logged_by"]

_HARMLESS = frozenset(
    ["getattr", "hasattr", "hash", "id", "isinstance", "len", "print", "repr", "setattr", "str", "super", "type"]
)
"""Functions that may be given the task: they log nothing with it."""


@dataclass(frozen=True)
class Promise:
    """What a task logs.

    Attributes:
        names: as given to `self.log`, without the `_step`, `_epoch` and `/dataloader_idx_0` that Lightning adds; `*`
            stands for what is only known in the run.
        complete: whether this is certainly all. It is not where a name is made up as the run goes, where the task hands
            itself to a function, or where the source of a method that logs is not at hand.
    """

    names: tuple[str, ...] = ()
    complete: bool = True


def logged_by(task: pl.LightningModule) -> Promise:
    """What a task logs: what `@writes("logged.x")` above its class says, and what its methods are seen to log.

    Nothing of the task is run. Where its class or a base declares what it logs, that is taken to be complete.

    Raises:
        TrainError: a declaration names an attribute that the task does not have.

    Examples:
        >>> from leyden.train.graph.access import writes
        >>> @writes("logged.score")
        ... class Task(pl.LightningModule):
        ...     def training_step(self, batch):
        ...         for name, value in batch.items():
        ...             self.log(name, value)
        >>> logged_by(Task())
        Promise(names=('score',), complete=True)
    """
    written = [path.split(".", 1) for path in access_of(task).writes]
    said = [rest[0] if rest else "*" for root, *rest in written if root == "logged"]
    seen = [_read(kind) for kind in type(task).__mro__ if kind not in pl.LightningModule.__mro__]
    found = dict.fromkeys([*said, *(name for promise in reversed(seen) for name in promise.names)])
    return Promise(tuple(found), bool(said) or all(promise.complete for promise in seen))


@lru_cache(maxsize=256)
def _read(kind: type) -> Promise:
    """What the methods that one class defines are seen to log."""
    family = frozenset(base.__name__ for base in kind.__mro__)
    seen = [_seen(function, family) for member in vars(kind).values() for function in _functions(member)]
    found = dict.fromkeys(name for promise in seen for name in promise.names)
    return Promise(tuple(found), all(promise.complete for promise in seen))


def _functions(member: object) -> Iterator[types.FunctionType]:
    """The functions that are given the task behind one member of a class: methods, properties, and what they wrap."""
    parts = (member.fget, member.fset, member.fdel) if isinstance(member, property) else (member,)
    for part in parts:
        while isinstance(part, types.FunctionType):
            yield part
            part = getattr(part, "__wrapped__", None)


def _seen(function: types.FunctionType, family: Collection[str]) -> Promise:
    if hasattr(function, "__wrapped__"):  # it hands the task on to what it wraps, which is looked at by itself
        return Promise(complete=not _mentions_log(function.__code__))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return Promise(complete=not _mentions_log(function.__code__))
    found = next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)), None)
    first = [*found.args.posonlyargs, *found.args.args][:1] if found else []
    if found is None or not first:  # it takes anything, so the task goes by no name here
        return Promise(complete=False)
    return _logged(found, first[0].arg, Scope.of(found, function.__globals__), family)


def _mentions_log(code: types.CodeType) -> bool:
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return bool({"log", "log_dict", "callback_metrics"} & set(code.co_names)) or any(map(_mentions_log, inner))


def _logged(method: ast.AST, task: str, scope: Scope, family: Collection[str]) -> Promise:
    """What is logged in a method whose first argument is called `task`."""
    found: list[str] = []
    calls = {id(node.func): node for node in ast.walk(method) if isinstance(node, ast.Call)}
    for node in ast.walk(method):
        match node:
            case ast.Attribute(value=value, attr="log" | "log_dict" as way) if _is(value, task):
                found += _of_call(calls.get(id(node)), way, scope)
            case ast.Subscript(value=ast.Attribute(attr="callback_metrics"), slice=key, ctx=ast.Store()):
                found += names(key, scope)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="callback_metrics"), attr="update")):
                found.append("*")
            case _ if not _keeps(node, task, family):
                found.append("*")
    certain = dict.fromkeys(name for name in found if name != "*")
    return Promise(tuple(certain), "*" not in found)


def _of_call(call: ast.Call | None, way: str, scope: Scope) -> tuple[str, ...]:
    """The names in one `self.log(...)` or `self.log_dict(...)`; `*` where the method is only mentioned."""
    if call is None:
        return ("*",)
    word = "name" if way == "log" else "dictionary"
    given = call.args[0] if call.args else next((pair.value for pair in call.keywords if pair.arg == word), None)
    if given is None:
        return ("*",)
    return names(given, scope) if way == "log" else keys(given, scope)


def _keeps(node: ast.AST, task: str, family: Collection[str]) -> bool:
    """Whether a piece of source keeps the task to itself: takes its attributes, compares it, hands it to its bases."""
    if not any(_is(child, task) for child in ast.iter_child_nodes(node)):
        return True
    match node:
        case ast.Call(func=called, args=args) if _is(called, task) and not any(_is(part, task) for part in args):
            return True
        case ast.Call(func=ast.Name(id=called)):
            return called in _HARMLESS
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner))):
            return owner in family
    return isinstance(node, ast.Attribute | ast.Compare | ast.FormattedValue | ast.Return | ast.Subscript)


def _is(node: ast.AST, task: str) -> bool:
    return isinstance(node, ast.Name) and node.id == task and isinstance(node.ctx, ast.Load)
