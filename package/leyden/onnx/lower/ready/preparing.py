"""A file made ready to become a network: functions in place, constants lifted, nodes in order, types inferred."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import onnx
import onnx_ir as ir

from leyden.onnx.lower.call import find_maker, makers
from leyden.onnx.lower.ready.bodies import expand, version_of
from leyden.onnx.lower.ready.cleaning import clean, free_axes, opsets_of
from leyden.onnx.lower.ready.inference import forget, infer
from leyden.onnx.lower.ready.inlining import VERSION, Namer, inline
from leyden.onnx.lower.ready.lifting import lift
from leyden.onnx.lower.ready.missing import check_nodes, check_operators
from leyden.onnx.lower.ready.sorting import sort
from leyden.onnx.lower.result.imported import Imported, describe_file
from leyden.onnx.lower.safety.budget import Budget
from leyden.onnx.lower.safety.counting import Key, check_size
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.declared import check_tensors
from leyden.onnx.lower.source.opening import Opened
from leyden.onnx.ops.registry import find, operators

__all__ = ["Prepared", "prepare"]

_ROUNDS = 16  # how often what an operator stands for may hold operators that stand for others
_FOLD_BYTES, _FOLD_WORK, _PER_BYTE = 2**26, 2 * 10**9, 4


@dataclass(frozen=True)
class Prepared:
    """A file that is ready to become a network.

    Args:
        graph: Its graph; tensors still in their files.
        opsets: Version of each operator set; ONNX's own has the empty name.
        imported: What the file says of itself.
        budget: What may be computed while the network is made.
    """

    graph: ir.Graph
    opsets: Mapping[str, int]
    imported: Imported
    budget: Budget


def prepare(opened: Opened, source: str, dynamic: Mapping[str, Mapping[int, str]], limits: Limits) -> Prepared:
    """Make a file ready to become a network; its graph is changed in place.

    Args:
        opened: The file.
        source: What it is read from, in a few words.
        dynamic: Names for axes of inputs whose sizes are not to be believed.
        limits: What it may ask for.

    Raises:
        OnnxImportError: The file is broken, asks for too much, or has operators that nobody knows.
    """
    model, opsets = opened.model, opsets_of(opened.model)
    clean(model)
    functions = _functions(model)
    check_size(model, functions, limits)
    weights = check_tensors(opened, limits)
    free_axes(model.graph, dynamic)
    budget = _budget(weights, limits)
    namer = Namer(model)
    inline(model.graph, functions, opsets, namer)
    del model.functions[:]
    inferred = _typed(model, opsets, namer, budget, limits)
    check_operators(inferred.graph, opsets, lambda node: _is_known(node, opsets))
    ready = ir.serde.deserialize_model(inferred)
    _attach(ready.graph, opened)
    return Prepared(ready.graph, opsets, describe_file(source, model, inferred.graph), budget)


def _functions(model: onnx.ModelProto) -> dict[Key, onnx.FunctionProto]:
    """List the functions of a file that no operator of ours stands for."""
    if not model.functions:
        return {}
    known = {(entry.domain, entry.name) for entry in operators()} | set(makers())
    functions = ((function.domain, function.name, function.overload, function) for function in model.functions)
    return {(domain, name, over): function for domain, name, over, function in functions if (domain, name) not in known}


def _budget(weights: int, limits: Limits) -> Budget:
    size = limits.fold_bytes if limits.fold_bytes is not None else _FOLD_BYTES + _PER_BYTE * weights
    work = limits.fold_work if limits.fold_work is not None else _FOLD_WORK + _PER_BYTE * weights
    return Budget(size, work)


def _typed(
    model: onnx.ModelProto, opsets: Mapping[str, int], namer: Namer, budget: Budget, limits: Limits
) -> onnx.ModelProto:
    """Lift constants, sort nodes and infer types; replace what only ONNX itself knows by what it stands for."""
    lift(model.graph, allowed=budget.bytes)
    sort(model.graph)
    check_nodes(model.graph, opsets)
    forget(model, opsets)
    inferred = infer(model, opsets)
    for _ in range(_ROUNDS):
        if not expand(inferred, opsets, lambda node: _is_known(node, opsets), namer):
            break
        check_size(inferred, {}, limits)
        lift(inferred.graph, allowed=budget.bytes)
        sort(inferred.graph)
        check_nodes(inferred.graph, opsets)
        inferred = infer(inferred, opsets)
    return inferred


def _is_known(node: onnx.NodeProto, opsets: Mapping[str, int]) -> bool:
    known = find(node.op_type, opset=version_of(node, opsets), domain=node.domain)
    return known is not None or find_maker(node.op_type, node.domain) is not None


def _attach(graph: ir.Graph, opened: Opened) -> None:
    """Give tensors that are described only a way to be read, and nodes of another version that version."""
    places: dict[Any, ir.Value] = {}
    for part in (graph, *graph.subgraphs()):
        for value in tuple(part.initializers.values()):
            tensor = value.const_value
            if isinstance(tensor, ir.ExternalTensor):
                stored = opened.stored(tensor)
                value.const_value = cast("Any", stored)
                first = places.setdefault((id(stored.file), stored.offset, stored.dtype, tuple(stored.shape)), value)
                if first is not value and part is graph and not value.is_graph_output() and not value.is_graph_input():
                    value.replace_all_uses_with(first)  # tied weights: one place in a file, one parameter
    for node in graph.all_nodes():
        version = node.metadata_props.pop(VERSION, "")
        node.version = int(version) if version.isdecimal() else None
        for name, attribute in node.attributes.items():
            if isinstance(attribute.value, ir.ExternalTensor):
                node.attributes[name] = ir.AttrTensor(name, cast("Any", opened.stored(attribute.value)))
