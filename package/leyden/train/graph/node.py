"""Nodes and edges: a callback with what it said and where Lightning itself wants it; who must run before whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import BatchSizeFinder, Checkpoint, EarlyStopping, LambdaCallback, LearningRateFinder

from leyden.errors import TrainError
from leyden.train.graph.access import Access, access_of
from leyden.train.graph.fault import Fault

__all__ = ["Edge", "Node", "is_lightnings", "nodes_of", "overrides"]


@dataclass(frozen=True, eq=False)
class Node:
    """A callback and what the graph knows about it.

    Attributes:
        name: its class's name; further ones of the same class are numbered: `EarlyStopping 2`.
        callback: the callback itself.
        access: what it reads and writes.
        phase: 0 for Lightning's tuners, which it runs first; 1 for all others; 2 for early stopping, which it runs
            after them at the end of an epoch; 3 for checkpoints, which it runs last.
    """

    name: str
    callback: pl.Callback
    access: Access
    phase: int

    def __repr__(self) -> str:
        return f"Node({self.name})"


@dataclass(frozen=True)
class Edge:
    """`first` runs before `then`; `why` is the path that one writes and the other reads, "runs_after" or "resolve"."""

    first: str
    then: str
    why: str


def nodes_of(callbacks: Iterable[pl.Callback]) -> tuple[tuple[Node, ...], tuple[Fault, ...]]:
    """The callbacks as nodes, in an order that does not depend on the one given, and what is wrong with single ones.

    Raises:
        TrainError: something else than callbacks was given.
    """
    given = list(callbacks)
    strangers = [repr(item) for item in given if not isinstance(item, pl.Callback)]
    if strangers:
        raise TrainError(
            f"a callback graph takes callbacks, that is instances of pl.Callback; given {', '.join(strangers)}"
        )
    different = list({id(item): item for item in given}.values())
    seen: Counter[str] = Counter()
    nodes: list[Node] = []
    faults: list[Fault] = []
    for callback in sorted(different, key=_standing):
        kind = type(callback).__name__
        seen[kind] += 1
        name = kind if seen[kind] == 1 else f"{kind} {seen[kind]}"
        try:
            access = access_of(callback)
        except TrainError as error:
            faults.append(Fault("declaration", (name,), (), str(error)))
            access = Access()
        nodes.append(Node(name, callback, access, _phase(callback)))
        times = sum(item is callback for item in given)
        if times > 1:
            faults.append(Fault("listed twice", (name,), (), f"the same {kind} is listed {times} times: list it once"))
    return tuple(nodes), tuple(faults)


def is_lightnings(callback: pl.Callback) -> bool:
    """Whether a callback does what Lightning wrote it to do: not one that is made of the user's own functions."""
    kind = type(callback)
    return kind.__module__.split(".")[0] in ("pytorch_lightning", "lightning") and kind not in (
        pl.Callback,
        LambdaCallback,
    )


def overrides(callback: pl.Callback, hook: str) -> bool:
    """Whether a callback has a hook of its own, rather than the empty one of `pl.Callback`.

    Examples:
        >>> overrides(EarlyStopping("val_loss"), "on_validation_end"), overrides(pl.Callback(), "on_validation_end")
        (True, False)
    """
    return getattr(type(callback), hook, None) is not getattr(pl.Callback, hook, None) or hook in vars(callback)


def _phase(callback: pl.Callback) -> int:
    if isinstance(callback, BatchSizeFinder | LearningRateFinder):
        return 0
    return 3 if isinstance(callback, Checkpoint) else 2 if isinstance(callback, EarlyStopping) else 1


def _standing(callback: pl.Callback) -> tuple[str, ...]:
    """What places a callback among others where nothing else does: its class, then its plain settings."""
    kind = type(callback)
    return (kind.__qualname__, kind.__module__, callback.state_key, _settings(vars(callback)))


def _settings(values: dict[str, Any]) -> str:
    plain = {name: value for name, value in values.items() if _is_plain(value)}
    return repr(sorted(plain.items()))


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)
