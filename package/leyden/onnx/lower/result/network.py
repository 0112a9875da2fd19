"""A network of fx that can be stored as a whole without losing where its nodes come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from torch import fx, nn
from torch.fx.node import map_aggregate, map_arg

__all__ = ["Network"]


@final
@dataclass(frozen=True)
class _Place:
    """A node of a stored graph: its number."""

    index: int


class Network(fx.GraphModule):
    """A GraphModule that pickles its graph as it is.

    fx stores the Python code of a graph and traces it again: functions that a graph only calls would be taken apart,
    what takes no input would be computed once and for all, and `node.meta` would be gone.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Store the rows of the graph, and all that the module holds."""
        held = {key: value for key, value in self.__dict__.items() if key not in ("_graph", "_code")}
        return _restored, (_rows(self.graph), held, self.__class__.__name__)


def _rows(graph: fx.Graph) -> list[tuple[Any, ...]]:
    places: dict[fx.Node, Any] = {node: _Place(index) for index, node in enumerate(graph.nodes)}
    return [
        (
            node.op, node.target, map_arg(node.args, places.__getitem__), map_arg(node.kwargs, places.__getitem__),
            node.name, node.meta.get("onnx"),
        )
        for node in graph.nodes
    ]  # fmt: skip


def _restored(rows: list[tuple[Any, ...]], held: dict[str, Any], name: str) -> Network:
    root, graph = nn.Module(), fx.Graph()
    root.__dict__.update(held)
    nodes: list[fx.Node] = []

    def found(value: Any) -> Any:
        return nodes[value.index] if isinstance(value, _Place) else value

    for op, target, args, kwargs, label, origin in rows:
        args, kwargs = map_aggregate(args, found), map_aggregate(kwargs, found)
        node = graph.create_node(op, target, args, kwargs, name=label)  # pyright: ignore[reportArgumentType]
        if origin is not None:
            node.meta["onnx"] = origin
        nodes.append(node)
    network = Network(root, graph, name)
    network.__dict__.update({key: value for key, value in held.items() if key != "_forward_hooks"})
    return network
