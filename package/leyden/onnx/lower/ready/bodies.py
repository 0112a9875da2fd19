"""Operators that ONNX defines by others: the nodes that they stand for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, final

import onnx
from onnx import defs

from leyden.onnx.lower.ready.inlining import VERSION, Namer, inline
from leyden.onnx.lower.safety.counting import Key, graphs_of, nodes_of

__all__ = ["Types", "expand", "schema_of", "typed", "version_of"]


@final
class Types:
    """Types of the values of a graph, found when they are asked for.

    Args:
        graph: The graph.
        outer: Types of the values around it.
    """

    def __init__(self, graph: onnx.GraphProto, outer: "Types | None" = None) -> None:
        self._outer = outer
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        self._values = {value.name: value for value in (*graph.input, *graph.output, *graph.value_info)}

    def of(self, name: str) -> onnx.TypeProto:
        """Give the type of a value; an empty one where it is not known."""
        if name in self._values:
            return self._values[name].type
        if name in self._tensors:
            tensor = self._tensors[name]
            return onnx.helper.make_tensor_type_proto(tensor.data_type, tuple(tensor.dims))
        return onnx.TypeProto() if self._outer is None else self._outer.of(name)


def version_of(node: onnx.NodeProto, opsets: Mapping[str, int]) -> int:
    """Give the version of the operator set that a node is of."""
    for entry in node.metadata_props:
        if entry.key == VERSION and entry.value.isdecimal() and len(entry.value) < 5:
            return int(entry.value)
    return opsets.get(node.domain, 1)


def schema_of(node: onnx.NodeProto, opsets: Mapping[str, int]) -> defs.OpSchema | None:
    """Give what ONNX says of the operator of a node; None if it does not know the operator."""
    try:
        return _schema(node.op_type, version_of(node, opsets), node.domain)
    except (defs.SchemaError, TypeError):
        return None


@lru_cache(4096)
def _schema(name: str, version: int, domain: str) -> defs.OpSchema:
    return defs.get_schema(name, version, domain)


def expand(
    model: onnx.ModelProto, opsets: Mapping[str, int], is_known: Callable[[onnx.NodeProto], bool], namer: Namer
) -> bool:
    """Replace nodes of operators that are not known by the nodes that ONNX defines them by, in place.

    What they are replaced by may be unknown again: call it until it says that nothing was replaced, and infer types in
    between, for they decide what some operators stand for.

    Args:
        model: The file; its types inferred as far as that goes.
        opsets: Versions of the operator sets of the file.
        is_known: Says whether a node needs no replacement.
        namer: Names the new values.

    Returns:
        Whether anything was replaced.
    """
    if all(map(is_known, nodes_of(model.graph.node))):
        return False
    bodies: dict[Key, onnx.FunctionProto] = {}
    for node, types in typed(model.graph):
        if is_known(node):
            continue
        body = _body(node, opsets, types)
        if body is not None:
            node.overload = f"body_{len(bodies)}"
            bodies[node.domain, node.op_type, node.overload] = body
    inline(model.graph, bodies, opsets, namer)
    return bool(bodies)


def typed(graph: onnx.GraphProto, outer: Types | None = None) -> Iterator[tuple[onnx.NodeProto, Types]]:
    """List the nodes of a graph and of the graphs in it, each with the types of all values that it may take."""
    types = Types(graph, outer)
    for node in graph.node:
        yield node, types
        for inner in graphs_of(node):
            yield from typed(inner, types)


def _body(node: onnx.NodeProto, opsets: Mapping[str, int], types: Types) -> onnx.FunctionProto | None:
    """Find the nodes that an operator stands for; None where ONNX does not say."""
    schema, version = schema_of(node, opsets), version_of(node, opsets)
    if schema is None or not _fits(node, schema):
        return None
    for content in _contents(schema, node, version, [types.of(name) for name in node.input]):
        body = onnx.FunctionProto.FromString(content)
        if body.node:
            known = {attribute.name for attribute in body.attribute_proto}
            defaults = (attribute.default_value for attribute in schema.attributes.values())
            body.attribute_proto.extend(value for value in defaults if value.name and value.name not in known)
            return body
    return None


def _contents(schema: Any, node: onnx.NodeProto, version: int, types: Iterable[onnx.TypeProto]) -> Iterator[bytes]:
    """List the bodies of an operator, that of the newest version up to this one first, then those that came later."""
    versions = {*schema.function_opset_versions, *schema.context_dependent_function_opset_versions}
    for chosen in sorted(versions, key=lambda known: (known > version, -known if known <= version else known)):
        if schema.has_function:
            yield schema.get_function_with_opset_version(chosen)
        if schema.has_context_dependent_function:
            contents = [kind.SerializeToString() for kind in types]
            yield schema.get_context_dependent_function_with_opset_version(chosen, node.SerializeToString(), contents)


def _fits(node: onnx.NodeProto, schema: defs.OpSchema) -> bool:
    """Say whether a node has as many inputs and outputs as its operator: the bodies do not check that."""
    return (
        schema.min_input <= len(node.input) <= schema.max_input
        and schema.min_output <= len(node.output) <= schema.max_output
    )
