"""Orders of a graph: one that obeys every edge, always the same, and the circles that leave none."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from leyden.train.graph.fault import Fault
from leyden.train.graph.node import Edge, Node

__all__ = ["circles", "order", "reachable"]


def order(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Node, ...]:
    """Nodes so that every edge leads forwards; what edges leave open is settled by phase, then by the order given.

    Nodes on a circle come where the first of them would, since there is no right place for them.

    Examples:
        >>> import pytorch_lightning as pl
        >>> from leyden.train.graph.node import nodes_of
        >>> nodes, _ = nodes_of([pl.Callback(), pl.callbacks.Timer(), pl.callbacks.ModelCheckpoint()])
        >>> order(nodes, [Edge("Timer", "Callback", "runs_after")])
        (Node(Timer), Node(Callback), Node(ModelCheckpoint))
    """
    place = {node.name: (node.phase, number) for number, node in enumerate(nodes)}
    ahead: dict[str, set[str]] = {node.name: set() for node in nodes}
    behind: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        ahead[edge.then].add(edge.first)
        behind[edge.first].add(edge.then)
    ready = [(place[name], name) for name, waits in ahead.items() if not waits]
    heapq.heapify(ready)
    found: list[str] = []
    waiting = {name for name, waits in ahead.items() if waits}
    while ready or waiting:
        if not ready:  # a circle: its first one goes, so that the others can
            free = min(waiting, key=place.__getitem__)
            waiting.discard(free)
            ready.append((place[free], free))
        name = heapq.heappop(ready)[1]
        found.append(name)
        for later in behind[name] & waiting:
            ahead[later].discard(name)
            if not ahead[later]:
                waiting.discard(later)
                heapq.heappush(ready, (place[later], later))
    by_name = {node.name: node for node in nodes}
    return tuple(by_name[name] for name in found)


def reachable(start: str, edges: Sequence[Edge]) -> set[str]:
    """Every name that edges lead to from one, itself included where it lies on a circle."""
    return set(_distances(start, _following(edges)))


def circles(nodes: Sequence[Node], edges: Sequence[Edge], *, skip: Collection[frozenset[str]]) -> tuple[Fault, ...]:
    """The circles among the edges as faults: a shortest one for every set of nodes that wait for each other.

    Args:
        nodes: what the edges join.
        edges: what must run before what.
        skip: pairs whose quarrel is told otherwise; edges between them do not count.
    """
    kept = [edge for edge in edges if frozenset((edge.first, edge.then)) not in skip]
    following = _following(kept)
    told: set[str] = set()
    faults = []
    for node in nodes:
        reached = _distances(node.name, following)
        if node.name in reached and node.name not in told:
            told |= {name for name in reached if node.name in _distances(name, following)}
            faults.append(_circle(_path_back(node.name, following), kept))
    return tuple(faults)


def _following(edges: Sequence[Edge]) -> dict[str, list[str]]:
    following: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        following[edge.first].append(edge.then)
    return following


def _distances(start: str, following: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Names reached from a start, each with the name it was first reached from."""
    came: dict[str, str] = {}
    at = [start]
    while at:
        step = [(name, later) for name in at for later in following.get(name, ())]
        at = []
        for name, later in step:
            if later not in came:
                came[later] = name
                at.append(later)
    return came


def _path_back(start: str, following: Mapping[str, Sequence[str]]) -> list[str]:
    """A shortest way from a name back to itself, without the return."""
    came, way = _distances(start, following), [start]
    while (before := came[way[-1]]) != start:
        way.append(before)
    return [start, *reversed(way[1:])]


def _circle(ring: list[str], edges: Sequence[Edge]) -> Fault:
    why = {}
    for edge in reversed(edges):
        why[edge.first, edge.then] = edge.why
    steps = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    told = ", ".join(f"{one} before {other} ({why[one, other]})" for one, other in steps)
    last, first = (name.split()[0] for name in steps[-1])
    paths = tuple(path for step in steps if "." in (path := why[step]))
    mend = f"resolve({first}, {last}, first={first})"
    return Fault(
        "cycle", tuple(ring), paths, f"no order is possible: {told}; say which of them may see older state", mend
    )
