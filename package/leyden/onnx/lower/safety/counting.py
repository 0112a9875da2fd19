"""How large a graph becomes when all functions are put in their places: counted, not tried."""

import graphlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import onnx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.limits import Limits

__all__ = ["Key", "check_size", "graphs_in", "graphs_of", "nodes_of"]

Key = tuple[str, str, str]
"""Domain, name and overload of a function."""


def graphs_of(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """List the graphs that a node holds: its branches or its body."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def graphs_in(graph: onnx.GraphProto) -> list[onnx.GraphProto]:
    """List a graph, and all graphs in its nodes."""
    found = [graph]
    for outer in found:  # it grows meanwhile
        for node in outer.node:
            found += graphs_of(node)
    return found


def nodes_of(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    """List nodes, and those of all graphs in them."""
    for node in nodes:
        yield node
        for graph in graphs_of(node):
            yield from nodes_of(graph.node)


def check_size(model: onnx.ModelProto, functions: Mapping[Key, onnx.FunctionProto], limits: Limits) -> None:
    """Count the nodes that a file stands for, and how deep they are nested.

    Args:
        model: The file.
        functions: Those of its functions that will be put in their places.
        limits: What is allowed.

    Raises:
        OnnxImportError: There are too many, or functions call each other in a circle.
    """
    bodies = {key: function.node for key, function in functions.items()}
    calls = {key: _calls(nodes, functions) for key, nodes in bodies.items()}
    try:
        order = tuple(graphlib.TopologicalSorter({key: set(called) for key, called in calls.items()}).static_order())
    except graphlib.CycleError as error:
        circle = ", ".join(f"{domain}::{name}" for domain, name, _ in error.args[1])
        raise OnnxImportError(f"functions call each other in a circle: {circle}") from None
    sizes: dict[Key, int] = {}
    depths: dict[Key, int] = {}
    for key in order:
        sizes[key], depths[key] = _measured(bodies[key], calls[key], sizes, depths)
    count, depth = _measured(model.graph.node, _calls(model.graph.node, functions), sizes, depths)
    if count > limits.nodes:
        raise OnnxImportError(f"{_large(count)} nodes; {limits.nodes} are allowed (Limits.nodes)")
    if depth > limits.depth:
        raise OnnxImportError(f"nested {depth} deep; {limits.depth} are allowed (Limits.depth)")


def _calls(nodes: Iterable[onnx.NodeProto], functions: Mapping[Key, onnx.FunctionProto]) -> Counter[Key]:
    if not functions:
        return Counter()
    keys = ((node.domain, node.op_type, node.overload) for node in nodes_of(nodes))
    return Counter(key for key in keys if key in functions)


def _measured(
    nodes: Iterable[onnx.NodeProto], calls: Counter[Key], sizes: Mapping[Key, int], depths: Mapping[Key, int]
) -> tuple[int, int]:
    """Count nodes, with those of what they call, and say how deep graphs are nested in them."""
    level, count, depth = list(nodes), 0, 0
    while level or not depth:
        count += len(level)
        depth += 1
        level = [inner for node in level for graph in graphs_of(node) for inner in graph.node]
    count += sum(times * (sizes[key] - 1) for key, times in calls.items())
    return count, depth + max((depths[called] for called in calls), default=0)


def _large(count: int) -> str:
    return str(count) if count < 10**12 else f"more than 10^{len(str(count >> 1)) - 1 if count < 10**4000 else 4000}"
