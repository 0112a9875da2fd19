"""A plan as boxes and arrows: data and task on top, callbacks below what they wait for, faults in red."""

from collections.abc import Collection, Iterable, Sequence

from leyden.plot import Arrow, Vertex
from leyden.train.graph.fault import Fault
from leyden.train.graph.node import Edge, Node
from leyden.train.graph.path import overlaps
from leyden.train.graph.planning import Plan

__all__ = ["arrows_of", "vertices_of"]

_DATA, _TASK = "(data)", "(task)"  # no class is called so
_OF_TASK = ("outputs", "model", "optimizer", "scheduler", "logged")
_WRITTEN = 3  # paths on an arrow, and in a box
_MISSING = "written by nobody"


def vertices_of(plan: Plan) -> list[Vertex]:
    """The boxes of a plan: data, task, callbacks in running order, and what is read but written by nobody.

    Examples:
        >>> import pytorch_lightning as pl
        >>> from leyden.train.graph.planning import plan
        >>> [vertex.text for vertex in vertices_of(plan([pl.callbacks.Timer()]))]
        ['data', 'task', '1. Timer']
    """
    wrong = {name for fault in plan.faults for name in fault.callbacks}
    lost = dict.fromkeys(path for fault in plan.faults if fault.kind == "missing writer" for path in fault.paths)
    linked = {name for arrow in arrows_of(plan) for name in (arrow.first, arrow.then)}
    return [
        Vertex(_DATA, "data", kind="source", hint="the batches of the loader"),
        Vertex(_TASK, "task", kind="source", hint="the LightningModule: its outputs, its weights, what it logs"),
        *(
            _box(node, place, wrong=node.name in wrong, numbered=not plan.faults, linked=node.name in linked)
            for place, node in enumerate(plan.nodes, start=1)
        ),
        *(Vertex(_missing(path), path, (_MISSING,), "wrong", f"{path}: {_MISSING}") for path in lost),
    ]


def arrows_of(plan: Plan) -> list[Arrow]:
    """The arrows of a plan: what each callback reads and from whom, who runs after whom, and what is at fault.

    Of what an undeclared callback waits for, only the last is drawn: the rest follows.
    """
    wrong = _wrong(plan.faults)
    clashing = {frozenset(fault.callbacks) for fault in plan.faults if fault.kind == "write conflict"}
    lost = {path for fault in plan.faults if fault.kind == "missing writer" for path in fault.paths}
    drawn = [Arrow(_DATA, _TASK, "batch")]
    for node in plan.nodes:
        drawn += _given(node, plan.nodes, lost)
    reasons: dict[tuple[str, str], list[str]] = {}
    for edge in plan.edges:
        reasons.setdefault((edge.first, edge.then), []).append(edge.why)
    faint = _last([edge for edge in plan.edges if edge.why == "undeclared"], plan.edges)
    for (first, then), why in reasons.items():
        if why == ["undeclared"]:
            drawn += [Arrow(first, then, kind="faint")] if (first, then) in faint else []
        elif frozenset((first, then)) not in clashing:
            drawn.append(Arrow(first, then, _label(why), "wrong" if (first, then) in wrong else "plain"))
    drawn += [Arrow(*pair, label, "wrong") for pair, label in wrong.items() if pair not in reasons]
    for fault in plan.faults:
        if fault.kind == "write conflict":
            drawn.append(Arrow(fault.callbacks[0], fault.callbacks[1], _label(fault.paths), "clash"))
        elif fault.kind == "missing writer":
            drawn += [Arrow(_missing(path), fault.callbacks[0], kind="wrong") for path in fault.paths]
    return drawn


def _box(node: Node, place: int, *, wrong: bool, numbered: bool, linked: bool) -> Vertex:
    access = node.access
    notes = [f"writes {_brief(access.writes)}"] if access.writes else []
    if access.declared and access.reads and not linked:
        notes.append(f"reads {_brief(access.reads)}")
    if not access.declared:
        notes = ["undeclared"]
    told = [
        f"{place}. {node.name}",
        f"reads {', '.join(access.reads) or 'nothing'}" if access.declared else "undeclared: taken to read everything",
        f"writes {', '.join(access.writes) or 'nothing'}",
        *([f"runs after {', '.join(kind.__name__ for kind in access.after)}"] if access.after else []),
    ]
    kind = "wrong" if wrong else "plain" if access.declared else "unknown"
    return Vertex(node.name, f"{place}. {node.name}" if numbered else node.name, tuple(notes), kind, "\n".join(told))


def _given(node: Node, nodes: Sequence[Node], lost: Collection[str]) -> list[Arrow]:
    """What data and task give a callback: what it reads there and no other callback writes."""
    if not node.access.declared:
        return []
    made = [path for other in nodes if other is not node for path in other.access.writes]
    from_data = [path for path in node.access.reads if path.split(".")[0] == "batch"]
    from_task = [
        path
        for path in node.access.reads
        if path.split(".")[0] in _OF_TASK and path not in lost and not any(overlaps(path, one) for one in made)
    ]
    return [
        Arrow(source, node.name, _label(paths)) for source, paths in ((_DATA, from_data), (_TASK, from_task)) if paths
    ]


def _wrong(faults: Iterable[Fault]) -> dict[tuple[str, str], str]:
    """Pairs, first and then, that stand in the way of an order, and what to write on an arrow that the plan has not."""
    found: dict[tuple[str, str], str] = {}
    for fault in faults:
        if fault.kind == "cycle":
            ring = fault.callbacks
            found |= dict.fromkeys(zip(ring, (*ring[1:], ring[0]), strict=True), "")
        elif fault.kind == "lightning rule" and len(fault.callbacks) == 2:
            found[fault.callbacks[0], fault.callbacks[1]] = _label(fault.paths)
    return found


def _last(waiting: Sequence[Edge], edges: Sequence[Edge]) -> set[tuple[str, str]]:
    """Of edges to undeclared callbacks, those that no longer way leads along."""
    after: dict[str, set[str]] = {}
    for edge in edges:
        after.setdefault(edge.first, set()).add(edge.then)
    ahead: dict[str, set[str]] = {}
    for edge in waiting:
        ahead.setdefault(edge.then, set()).add(edge.first)
    return {
        (edge.first, edge.then)
        for edge in waiting
        if not any(other in after.get(edge.first, ()) for other in ahead[edge.then] - {edge.first})
    }


def _missing(path: str) -> str:
    return f"({path})"


def _label(paths: Sequence[str]) -> str:
    kept = list(dict.fromkeys(paths))
    more = [f"and {len(kept) - _WRITTEN + 1} more"] if len(kept) > _WRITTEN else []
    return "\n".join(kept[: _WRITTEN - 1] + more if more else kept)


def _brief(paths: Sequence[str]) -> str:
    return _label(paths).replace("\n", ", ")
