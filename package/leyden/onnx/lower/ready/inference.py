"""Types and shapes of all values, inferred anew: what a file says of its inner values is not believed."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import onnx
from onnx import defs

from leyden.onnx.lower.ready.bodies import Types, schema_of, typed
from leyden.onnx.lower.safety.counting import graphs_in, nodes_of

__all__ = ["forget", "infer"]

_HIDDEN = "leyden.hidden."  # before the domain of a node that inference may not look at
_SIZES = ("Shape", "Size")
_LONGEST = 4096  # numbers in a shape that is computed

# ONNX's inference, which is C++, reads memory that is not its own where these have inputs of unknown types, or sizes or
# attributes below zero: the process would die. Of Split it does where its attribute says another number of outputs.
_FRAGILE = ("DictVectorizer", "EyeLike", "GatherND", "LabelEncoder", "RegexFullMatch", "TreeEnsemble")


def forget(model: onnx.ModelProto, opsets: Mapping[str, int]) -> None:
    """Forget what a file says of its inner values, in place, but for those of operators that ONNX does not know."""
    for graph in graphs_in(model.graph):
        if graph.value_info:
            strange = _strange(graph, opsets)
            kept = onnx.GraphProto(value_info=[value for value in graph.value_info if value.name in strange])
            del graph.value_info[:]
            graph.value_info.extend(kept.value_info)
        for value in graph.input:
            for axis in value.type.tensor_type.shape.dim:
                if axis.dim_value < 0:  # some write -1 for what is free
                    axis.ClearField("dim_value")


def infer(model: onnx.ModelProto, opsets: Mapping[str, int]) -> onnx.ModelProto:
    """Infer the types and shapes of all values.

    Sizes that the file computes are followed in a second run, which the first makes safe: a value of one axis is taken
    for a shape, and one of a trillion elements would be written out.

    Returns:
        A model like the one given, with what could be inferred; where inference fails, the model as it was.
    """
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    declared = {value.name: value.type for value in model.graph.output}
    strange = _strange(model.graph, opsets)
    for value in bare.graph.output:
        if value.name not in strange:
            value.ClearField("type")
    nodes = list(nodes_of(bare.graph.node))
    ops = {node.op_type for node in nodes}
    done = _run(bare, bare, [node.op_type in _FRAGILE or _is_wrong(node) for node in nodes])
    if not ops.isdisjoint((*_SIZES, *_FRAGILE)):
        risky = [_is_risky(node, types, opsets) for node, types in typed(done.graph)]
        done = _run(bare, done, risky, follow=not ops.isdisjoint(_SIZES))
    for value in done.graph.output:
        if not value.type.WhichOneof("value") and value.name in declared:
            value.type.CopyFrom(declared[value.name])
    return done


def _run(
    model: onnx.ModelProto, known: onnx.ModelProto, hidden: Sequence[bool], *, follow: bool = False
) -> onnx.ModelProto:
    """Run the inference of ONNX over a model.

    Args:
        model: The model.
        known: The same with types that were inferred before: for what hidden nodes give.
        hidden: Which of all its nodes are not to be looked at.
        follow: Whether to follow sizes that are computed.
    """
    seen = _without(model, known, hidden) if any(hidden) else model
    try:
        done = onnx.shape_inference.infer_shapes(seen, check_type=False, strict_mode=False, data_prop=follow)
    except Exception:  # whatever it stumbles over, the file may be one that can be computed
        return known
    if any(hidden):
        for node in nodes_of(done.graph.node):
            if node.domain.startswith(_HIDDEN):
                node.domain = node.domain.removeprefix(_HIDDEN)
        del done.opset_import[:]
        done.opset_import.extend(model.opset_import)
    return done


def _without(model: onnx.ModelProto, known: onnx.ModelProto, hidden: Sequence[bool]) -> onnx.ModelProto:
    """Copy a model, some nodes made ones that inference does not know, and what they give of the types known before."""
    seen = onnx.ModelProto()
    seen.CopyFrom(model)
    domains = set()
    for node, hides in zip(nodes_of(seen.graph.node), hidden, strict=True):
        if hides:
            node.domain = _HIDDEN + node.domain
            domains.add(node.domain)
    graphs = graphs_in(seen.graph)
    alike = graphs_in(known.graph) if len(graphs) > 1 else [known.graph]
    for graph, typed_graph in zip(graphs, alike, strict=True):
        names = {name for node in graph.node if node.domain.startswith(_HIDDEN) for name in node.output}
        graph.value_info.extend(value for value in typed_graph.value_info if value.name in names)
        for value, typed_value in zip(graph.output, typed_graph.output, strict=True):
            if value.name in names:
                value.CopyFrom(typed_value)
    for domain in sorted(domains):
        seen.opset_import.add(domain=domain, version=1)
    return seen


def _is_risky(node: onnx.NodeProto, types: Types, opsets: Mapping[str, int]) -> bool:
    """Say whether inference may break, or take forever, over a node."""
    if node.op_type not in _FRAGILE:
        schema = schema_of(node, opsets)
        follows = schema is not None and _is_followed(schema)
        return _is_wrong(node) or (follows and not all(_is_short(types.of(name)) for name in node.input if name))
    given = [types.of(name) for name in node.input if name]
    numbers = [attribute.i for attribute in node.attribute if attribute.type == onnx.AttributeProto.INT]
    sizes = (axis.dim_value for kind in given for axis in kind.tensor_type.shape.dim)
    return (
        not given
        or any(not kind.WhichOneof("value") for kind in given)
        or any(size < 0 for size in sizes)
        or (node.op_type == "GatherND" and any(number < 0 for number in numbers))
    )


@lru_cache(4096)
def _is_followed(schema: defs.OpSchema) -> bool:
    """Say whether sizes are followed through an operator."""
    return schema.has_data_propagation_function


def _is_wrong(node: onnx.NodeProto) -> bool:
    """Say whether a node is a Split that says another number of outputs than it has."""
    if node.op_type != "Split":
        return False
    return any(setting.name == "num_outputs" and setting.i != len(node.output) for setting in node.attribute)


def _is_short(kind: onnx.TypeProto) -> bool:
    """Say whether a value is no list of numbers, or one of few: of many, each would be written out."""
    if not kind.tensor_type.HasField("shape"):
        return False
    axes = kind.tensor_type.shape.dim
    return len(axes) != 1 or (axes[0].HasField("dim_value") and axes[0].dim_value <= _LONGEST)


def _strange(graph: onnx.GraphProto, opsets: Mapping[str, int]) -> set[str]:
    """List the values that operators give that ONNX does not know."""
    return {name for node in graph.node if schema_of(node, opsets) is None for name in node.output}
