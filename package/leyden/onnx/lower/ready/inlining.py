"""Functions put in the places of the nodes that call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import final

import onnx

from leyden.onnx.lower.safety.counting import Key, graphs_in, graphs_of, nodes_of

__all__ = ["VERSION", "Namer", "inline"]

VERSION = "leyden.version"
"""Metadata of a node that is of another version of its operator set than the file."""


@final
class Namer:
    """Gives names that nothing else in a file has.

    Args:
        model: The file.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model: onnx.ModelProto | None = model
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def _learn(self, graph: onnx.GraphProto) -> None:
        self._taken.update(value.name for value in (*graph.input, *graph.output))
        self._taken.update(tensor.name for tensor in graph.initializer)
        self._taken.update(sparse.values.name for sparse in graph.sparse_initializer)
        self._taken.update(name for node in graph.node for name in (*node.input, *node.output))

    def fresh(self, name: str) -> str:
        """Give a name like this one that is free; it is taken from then on."""
        if self._model is not None:  # most files need no new name
            for graph in graphs_in(self._model.graph):
                self._learn(graph)
            self._model = None
        free = name
        while free in self._taken:
            self._counts[name] = self._counts.get(name, 1) + 1
            free = f"{name}_{self._counts[name]}"
        self._taken.add(free)
        return free


def inline(
    graph: onnx.GraphProto, functions: Mapping[Key, onnx.FunctionProto], opsets: Mapping[str, int], namer: Namer
) -> None:
    """Put the nodes of functions in the places of the nodes that call them, in a graph and all graphs in it, in place.

    A function may be of another version of an operator set than the file: its nodes say so.
    """
    if functions and any((node.domain, node.op_type, node.overload) in functions for node in nodes_of(graph.node)):
        nodes = list(_inlined(graph.node, functions, opsets, namer))
        del graph.node[:]
        graph.node.extend(nodes)


def _inlined(
    nodes: Iterable[onnx.NodeProto], functions: Mapping[Key, onnx.FunctionProto], opsets: Mapping[str, int],
    namer: Namer,
) -> Iterator[onnx.NodeProto]:  # fmt: skip
    for node in nodes:
        function = functions.get((node.domain, node.op_type, node.overload))
        if function is not None:
            yield from _inlined(_body(node, function, opsets, namer), functions, opsets, namer)
            continue
        for graph in graphs_of(node):
            inline(graph, functions, opsets, namer)
        yield node


def _body(
    call: onnx.NodeProto, function: onnx.FunctionProto, opsets: Mapping[str, int], namer: Namer
) -> Iterator[onnx.NodeProto]:
    """Copy the nodes of a function for one call of it."""
    given = {attribute.name: attribute for attribute in (*function.attribute_proto, *call.attribute)}
    inputs = dict(zip(function.input, (*call.input, *[""] * len(function.input)), strict=False))
    names = dict(inputs)
    names[""] = ""
    doubled = []
    for inner, outer in zip(function.output, call.output, strict=False):
        if not outer:
            continue
        if inner in names:
            doubled.append((inner, outer))
        else:
            names[inner] = outer
    versions = {entry.domain: entry.version for entry in function.opset_import}
    for original in function.node:
        node = onnx.NodeProto()
        node.CopyFrom(original)
        _rename(node, names, given, namer)
        node.name = "_".join(filter(None, (call.name, original.name or original.op_type)))
        version = versions.get(node.domain, opsets.get(node.domain, 1))
        if version != opsets.get(node.domain, version):
            node.metadata_props.add(key=VERSION, value=str(version))
        known = {entry.key for entry in node.metadata_props}
        node.metadata_props.extend(entry for entry in call.metadata_props if entry.key not in known)
        yield node
    for inner, outer in doubled:
        yield onnx.helper.make_node("Identity", [names[inner]], [outer], name=call.name)


def _rename(
    node: onnx.NodeProto, names: dict[str, str], given: Mapping[str, onnx.AttributeProto], namer: Namer
) -> None:
    """Give a copied node the names and attributes that stand for those of its function, in place."""
    node.input[:] = [_fresh(name, names, namer) for name in node.input]
    node.output[:] = [_fresh(name, names, namer) for name in node.output]
    attributes = []
    for attribute in node.attribute:
        if attribute.ref_attr_name:
            if attribute.ref_attr_name in given:
                resolved = onnx.AttributeProto()
                resolved.CopyFrom(given[attribute.ref_attr_name])
                resolved.name = attribute.name
                attributes.append(resolved)
            continue
        for graph in (*attribute.graphs, *((attribute.g,) if attribute.HasField("g") else ())):
            _rename_graph(graph, dict(names), given, namer)
        attributes.append(attribute)
    kept = onnx.NodeProto(attribute=attributes)
    del node.attribute[:]
    node.attribute.extend(kept.attribute)


def _rename_graph(
    graph: onnx.GraphProto, names: dict[str, str], given: Mapping[str, onnx.AttributeProto], namer: Namer
) -> None:
    """Give all values of a graph in a function new names, in place; those from outside get what stands for them."""
    inside = [*graph.input, *graph.initializer, *(sparse.values for sparse in graph.sparse_initializer)]
    inside_names = (*(value.name for value in inside), *(name for node in graph.node for name in node.output if name))
    names.update((name, namer.fresh(name)) for name in inside_names)
    for value in (*inside, *graph.output):
        value.name = names.get(value.name, value.name)
    del graph.value_info[:]
    for node in graph.node:
        _rename(node, names, given, namer)


def _fresh(name: str, names: dict[str, str], namer: Namer) -> str:
    if name not in names:
        names[name] = namer.fresh(name)
    return names[name]
