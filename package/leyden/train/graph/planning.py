"""From callbacks to an order: who must run before whom and why, and every reason why there is no such order.

Examples:
    >>> import pytorch_lightning as pl
    >>> from leyden.train.graph.access import reads, writes
    >>> @reads("logged.smooth_loss")
    ... class Report(pl.Callback): ...
    >>> @writes("logged.smooth_loss")
    ... class Smooth(pl.Callback): ...
    >>> plan([Report(), Smooth()])
    Plan(Smooth, Report)
    >>> plan([Report()], task=pl.LightningModule()).faults[0].message
    "Report reads 'logged.smooth_loss', which neither a callback nor the task LightningModule writes"
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pytorch_lightning as pl

from leyden.train.graph.access import unsaid_hooks
from leyden.train.graph.edge import hard_edges, soft_edges
from leyden.train.graph.fault import Fault
from leyden.train.graph.lightning import UNDECLARED
from leyden.train.graph.node import Edge, Node, nodes_of
from leyden.train.graph.ordering import circles, order
from leyden.train.graph.promise import Promise, logged_by
from leyden.train.graph.resolution import Resolution
from leyden.train.graph.rules import conflicts, missing, unruly

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, repr=False)
class Plan:
    """An order for a set of callbacks, and why it is so.

    Attributes:
        nodes: the callbacks, in the order in which they run; with faults, in an order that is as good as any.
        edges: which of them must run before which, and why.
        faults: every reason why they cannot run together; empty for a graph that runs.
        notices: what is worth knowing, but no fault.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        told = ", ".join(node.name for node in self.nodes)
        return f"Plan({told})" if not self.faults else f"Plan({told}; {len(self.faults)} fault(s))"


def plan(callbacks: Iterable[pl.Callback], *resolutions: Resolution, task: pl.LightningModule | None = None) -> Plan:
    """Orders callbacks by what they read and write; the order in which they are given does not matter.

    Args:
        callbacks: any callbacks, declared or not.
        resolutions: which of two writers of the same state goes first, see `leyden.train.resolve`.
        task: what is going to be trained; tells whether it logs what callbacks read. Without it that is left open.

    Returns:
        The order with its reasons; what is wrong is in it as `faults`, nothing is raised for it.

    Raises:
        TrainError: something else than callbacks was given.

    Examples:
        >>> from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint, Timer
        >>> made = plan([ModelCheckpoint(), EarlyStopping("val_loss"), Timer()])
        >>> made, made.faults
        (Plan(Timer, EarlyStopping, ModelCheckpoint), ())
    """
    nodes, faults = nodes_of(callbacks)
    edges, unused = hard_edges(nodes, resolutions)
    clashes = conflicts(nodes, edges)
    edges, broken = unruly(nodes, edges)
    rings = circles(nodes, edges, skip=frozenset(frozenset(fault.callbacks) for fault in clashes))
    promise = None if task is None else logged_by(task)
    lost, open_ends = missing(nodes, promise, task=type(task).__name__)
    notices = [
        *_undeclared(nodes),
        *_inherited(nodes),
        *_open(open_ends, promise),
        *(f"{item} concerns no two callbacks" for item in unused),
    ]
    edges = (*edges, *soft_edges(nodes, edges))
    return Plan(order(nodes, edges), edges, (*faults, *clashes, *broken, *rings, *lost), tuple(notices))


def _undeclared(nodes: Sequence[Node]) -> list[str]:
    silent = [node for node in nodes if not node.access.declared]
    if not silent:
        return []
    told = (
        f"{', '.join(node.name for node in silent)}: nothing declared, so taken to read everything and to write nothing"
    )
    if len(silent) > 1:
        told += "; which of them runs first is settled by their names alone"
    kind = type(silent[0].callback).__name__
    target = "callback" if kind in UNDECLARED else kind
    return [f"{told}. declare({target}, reads=[...], writes=[...]) says more"]


def _inherited(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        hooks = unsaid_hooks(node.callback)
        if hooks:
            yield f"{node.name} says nothing itself about {', '.join(hooks)}: taken to do there what its base declares"


def _open(ends: Sequence[tuple[str, str]], promise: Promise | None) -> list[str]:
    if not ends:
        return []
    told = "; ".join(f"{reader} reads {path!r}" for reader, path in ends)
    why = (
        "once the task is known, before the first step"
        if promise is None
        else "no further: the task logs by names that its source does not show"
    )
    return [f"{told}: no callback writes it, so the task must; checked {why}"]
