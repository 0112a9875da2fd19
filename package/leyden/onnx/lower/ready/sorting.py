"""The nodes of a graph in an order in which each finds what it takes."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import onnx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.counting import graphs_of

__all__ = ["sort"]

_SHOWN = 10


def sort(graph: onnx.GraphProto) -> None:
    """Put the nodes of a graph, and of all graphs in it, into an order that can be computed, in place.

    Nodes that need not move stay in the order of the file.

    Raises:
        OnnxImportError: A name is given twice, or taken and never given, or nodes wait for each other in a circle.
    """
    faults: list[str] = []
    _sort(graph, set(), faults)
    if faults:
        more = f"; and {len(faults) - _SHOWN} more faults" if len(faults) > _SHOWN else ""
        raise OnnxImportError("; ".join(faults[:_SHOWN]) + more)


def _sort(graph: onnx.GraphProto, outside: set[str], faults: list[str]) -> set[str]:
    """Sort a graph; give the names that it takes from outside."""
    names = {value.name for value in graph.input} | {tensor.name for tensor in graph.initializer}
    given = {name: index for index, node in enumerate(graph.node) for name in node.output if name}
    faults += _doubled(graph)
    inside = names | given.keys()
    needs = [_needs(node, outside | inside, faults) for node in graph.node]
    outputs = {value.name for value in graph.output}
    taken = outputs.union(*needs) - inside
    for name in sorted(taken - outside):
        takers = [_said(node) for node, needed in zip(graph.node, needs, strict=True) if name in needed]
        faults.append(f"value {name!r} is given by no node, and taken by {takers[0] if takers else 'an output'}")
    if all(given[name] < index for index, needed in enumerate(needs) for name in needed if name in given):
        return taken & outside
    order = _order([[given[name] for name in needed if name in given] for needed in needs])
    if len(order) < len(graph.node):
        left = sorted(set(range(len(graph.node))) - set(order))
        faults.append(f"nodes wait for each other in a circle: {', '.join(_said(graph.node[i]) for i in left[:5])}")
    else:
        nodes = onnx.GraphProto(node=[graph.node[index] for index in order])
        del graph.node[:]
        graph.node.extend(nodes.node)
    return taken & outside


def _needs(node: onnx.NodeProto, around: set[str], faults: list[str]) -> set[str]:
    needed = {name for name in node.input if name}
    for graph in graphs_of(node):
        needed |= _sort(graph, around, faults)
    return needed


def _order(needs: list[list[int]]) -> list[int]:
    waiting = [len(set(needed)) for needed in needs]
    takers: dict[int, list[int]] = defaultdict(list)
    for index, needed in enumerate(needs):
        for source in set(needed):
            takers[source].append(index)
    ready = [index for index, count in enumerate(waiting) if not count]
    order = []
    while ready:
        index = heapq.heappop(ready)
        order.append(index)
        for taker in takers[index]:
            waiting[taker] -= 1
            if not waiting[taker]:
                heapq.heappush(ready, taker)
    return order


def _doubled(graph: onnx.GraphProto) -> Iterator[str]:
    inputs = [value.name for value in graph.input]
    tensors = [tensor.name for tensor in graph.initializer]
    outputs = [name for node in graph.node for name in node.output if name]
    for name in _twice(inputs):
        yield f"two inputs have the name {name!r}"
    for name in _twice(tensors):
        yield f"two tensors have the name {name!r}"
    for name in _twice((*outputs, *{*inputs, *tensors})):
        yield f"two nodes, or a node and an input or tensor, give {name!r}"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _said(node: onnx.NodeProto) -> str:
    return f"{node.op_type} {node.name or ', '.join(node.output)!r}"
