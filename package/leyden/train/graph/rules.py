"""What may not be: two writers without an order, readers without a writer, orders that Lightning does not keep to."""

import itertools
import re
from collections.abc import Sequence

from leyden.train.graph.edge import common, commutes
from leyden.train.graph.fault import Fault
from leyden.train.graph.node import Edge, Node, overrides
from leyden.train.graph.path import closest, overlaps
from leyden.train.graph.promise import Promise

__all__ = ["conflicts", "missing", "unruly"]

_WILD = re.compile(r"[*?\[]")
_FORKS = re.compile(r"(_step|_epoch|/dataloader_idx_\d+)+$")
"""What Lightning adds to a name that is logged both ways, or for one of several loaders."""
_ALWAYS = ("logged.epoch", "logged.step")
"""What Lightning itself gives a checkpoint to monitor."""


def conflicts(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Fault, ...]:
    """Pairs that write the same state while nothing says which of them goes first."""
    settled = {frozenset((edge.first, edge.then)) for edge in edges if edge.why in ("resolve", "runs_after")}
    faults = []
    for one, other in itertools.combinations(nodes, 2):
        paths = tuple(path for path in dict.fromkeys(common(one, other.access.writes)) if not commutes(path))
        if paths and _stage(one) == _stage(other) and frozenset((one.name, other.name)) not in settled:
            faults.append(_conflict(one, other, paths))
    return tuple(faults)


def _conflict(one: Node, other: Node, paths: tuple[str, ...]) -> Fault:
    first, then = type(one.callback).__name__, type(other.callback).__name__
    mend = f"resolve({first}, {then}, first={first})"
    if first == then:
        mend = "resolve(one, other, first=one)  # with the two callbacks themselves, as they are of one class"
    told = f"{one.name} and {other.name} both write {' and '.join(paths)}; say which goes first (the other overwrites)"
    return Fault("write conflict", (one.name, other.name), paths, told, mend)


def unruly(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[tuple[Edge, ...], tuple[Fault, ...]]:
    """The edges that Lightning's own order leaves room for, and faults for the others.

    Lightning runs tuners first and checkpoints last, and at the end of a training epoch early stopping after all
    others. A tuner that reads what others write is no fault: it is done before they begin.
    """
    by_name = {node.name: node for node in nodes}
    kept, faults = [], {}
    for edge in edges:
        first, then = by_name[edge.first], by_name[edge.then]
        late = first.phase == 2 and then.phase == 1 and overrides(then.callback, "on_train_epoch_end")
        if _before(then, first) and then.phase == 0:
            continue
        if not (_before(then, first) or late):
            kept.append(edge)
        else:
            faults.setdefault((first.name, then.name), _rule(first, then, edge))
    return tuple(kept), tuple(faults.values())


def _before(one: Node, other: Node) -> bool:
    """Whether Lightning runs the first of two before the second, whatever is asked for."""
    return _stage(one) < _stage(other)


def _stage(node: Node) -> int:
    """Tuners, all others, checkpoints."""
    return {0: 0, 3: 2}.get(node.phase, 1)


def _rule(first: Node, then: Node, edge: Edge) -> Fault:
    rule = {0: "its tuners first", 2: "early stopping after all others when an epoch of training ends"}
    told = rule[0] if then.phase == 0 else rule.get(first.phase, "checkpoints last")
    one, other = type(then.callback).__name__, type(first.callback).__name__
    message = f"{then.name} must run after {first.name} ({edge.why}), but Lightning runs {told}"
    mend = f"resolve({one}, {other}, first={one})  # {one} then sees what {other} did the hook before"
    return Fault("lightning rule", (first.name, then.name), () if "." not in edge.why else (edge.why,), message, mend)


def missing(
    nodes: Sequence[Node], promise: Promise | None, *, task: str
) -> tuple[tuple[Fault, ...], list[tuple[str, str]]]:
    """Reads of what nobody writes, and those that the task may still have to answer for, as (reader, path).

    Args:
        nodes: the callbacks.
        promise: what the task logs; None where it is not known yet.
        task: the name of its class.
    """
    faults: list[Fault] = []
    open_ends: list[tuple[str, str]] = []
    for node in (node for node in nodes if node.access.declared):
        for path in node.access.reads:
            root, *rest = path.split(".")
            if root == "callback" and rest and not _WILD.search(rest[0]) and not _present(rest[0], node, nodes):
                faults.append(_absent(node, path, nodes))
            if root == "logged" and rest and not _WILD.search(path) and not _written(path, node, nodes):
                if promise is not None and promise.complete and not _promised(path, promise):
                    faults.append(_unlogged(node, path, nodes, promise, task))
                elif promise is None or not _promised(path, promise):
                    open_ends.append((node.name, path))
    return tuple(faults), open_ends


def _present(name: str, reader: Node, nodes: Sequence[Node]) -> bool:
    others = (node for node in nodes if node is not reader)
    return any(kind.__name__ == name for node in others for kind in type(node.callback).__mro__)


def _written(path: str, reader: Node, nodes: Sequence[Node]) -> bool:
    return any(overlaps(path, written) for node in nodes for written in node.access.writes)


def _promised(path: str, promise: Promise) -> bool:
    if path in _ALWAYS:
        return True
    plain = _FORKS.sub("", path)
    return any(overlaps(f"logged.{name}", asked) for name in promise.names for asked in (path, plain))


def _absent(node: Node, path: str, nodes: Sequence[Node]) -> Fault:
    name = path.split(".")[1]
    near = closest(name, [type(other.callback).__name__ for other in nodes if other is not node])
    hint = f"; did you mean {near}?" if near else f": add a {name} to the callbacks"
    return Fault("missing writer", (node.name,), (path,), f"{node.name} reads {path!r}, but there is no {name}{hint}")


def _unlogged(node: Node, path: str, nodes: Sequence[Node], promise: Promise, task: str) -> Fault:
    known = [*(f"logged.{name}" for name in promise.names), *(made for other in nodes for made in other.access.writes)]
    near = closest(path, known)
    hint = f"; did you mean {near!r}?" if near else ""
    told = f"{node.name} reads {path!r}, which neither a callback nor the task {task} writes{hint}"
    return Fault("missing writer", (node.name,), (path,), told)
