"""Who must run before whom, and why."""

from collections.abc import Iterator, Sequence

from leyden.train.graph.node import Edge, Node
from leyden.train.graph.ordering import reachable
from leyden.train.graph.path import covers, overlaps
from leyden.train.graph.resolution import Resolution, Side

__all__ = ["common", "commutes", "hard_edges", "soft_edges"]

_FLAG, _SINK = "trainer.should_stop", "logger"


def commutes(path: str) -> bool:
    """Whether several may write a path in any order: a flag that is only ever raised, and loggers, which are added to.

    Examples:
        >>> commutes("logger.version"), commutes("trainer.should_stop"), commutes("optimizer.lr")
        (True, True, False)
    """
    return covers(_FLAG, path) or covers(_SINK, path)


def hard_edges(nodes: Sequence[Node], resolutions: Sequence[Resolution]) -> tuple[tuple[Edge, ...], list[Resolution]]:
    """What declarations and resolutions ask for, and the resolutions that concern no two of these callbacks."""
    settled: list[Edge] = []
    unused: list[Resolution] = []
    for resolution in resolutions:
        pairs = [
            (one, other)
            for one in nodes
            for other in nodes
            if one is not other and _is(one, resolution.first) and _is(other, resolution.then)
        ]
        settled += [Edge(one.name, other.name, "resolve") for one, other in pairs]
        unused += [] if pairs else [resolution]
    forbidden = {(edge.then, edge.first) for edge in settled}
    asked = [edge for one in nodes for other in nodes if one is not other for edge in _asked(one, other)]
    kept = [edge for edge in asked if (edge.first, edge.then) not in forbidden]
    return tuple(dict.fromkeys([*settled, *kept])), unused


def soft_edges(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Undeclared callbacks run after all that write, where nothing speaks against it."""
    silent = [node for node in nodes if not node.access.declared and node.phase]
    writers = [node for node in nodes if node.access.writes and node.phase == 1]
    found: list[Edge] = []
    for node in silent:
        behind = reachable(node.name, edges)
        found += [Edge(writer.name, node.name, "undeclared") for writer in writers if writer.name not in behind]
    return tuple(found)


def common(writer: Node, other: Sequence[str]) -> Iterator[str]:
    """Paths that a callback writes and that are among others too: of two that overlap, the narrower one."""
    for path in writer.access.writes:
        for wanted in other:
            if overlaps(path, wanted):
                yield path if len(path.split(".")) >= len(wanted.split(".")) else wanted


def _asked(first: Node, then: Node) -> Iterator[Edge]:
    if any(isinstance(first.callback, kind) for kind in then.access.after):
        yield Edge(first.name, then.name, "runs_after")
    if not then.access.declared:
        return
    for path in then.access.reads:
        if path.startswith("callback.") and _owns(first, path):
            yield Edge(first.name, then.name, path)
    for path in dict.fromkeys(common(first, then.access.reads)):
        also = covers(_FLAG, path) and any(overlaps(path, own) for own in then.access.writes)
        if not also and not covers(_SINK, path):  # who looks at a logger looks at its name, not at what is in it
            yield Edge(first.name, then.name, path)


def _owns(node: Node, path: str) -> bool:
    """Whether a path `callback.Name...` speaks of this callback, by the name of its class or of a base."""
    return any(kind.__name__ == path.split(".")[1] for kind in type(node.callback).__mro__)


def _is(node: Node, side: Side) -> bool:
    return isinstance(node.callback, side) if isinstance(side, type) else node.callback is side
