"""Constants as tensors of their graph, whatever way a file writes them."""

from collections.abc import Callable

import numpy as np
import onnx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.counting import graphs_of
from leyden.onnx.lower.source.declared import dense

__all__ = ["lift"]

_LISTS: dict[str, Callable[[onnx.AttributeProto], np.ndarray]] = {
    "value_int": lambda attribute: np.array(attribute.i, np.int64),
    "value_ints": lambda attribute: np.array(attribute.ints, np.int64),
    "value_float": lambda attribute: np.array(attribute.f, np.float32),
    "value_floats": lambda attribute: np.array(attribute.floats, np.float32),
    "value_string": lambda attribute: np.array(attribute.s, object),
    "value_strings": lambda attribute: np.array(list(attribute.strings), object),
}


def lift(graph: onnx.GraphProto, *, allowed: int) -> None:
    """Make initialisers of Constant nodes and of sparse tensors, in a graph and all graphs in it, in place.

    Args:
        graph: The graph.
        allowed: How many bytes one sparse tensor may take with its zeros.

    Raises:
        OnnxImportError: A constant says nothing, or a sparse one does not fit or is too large.
    """
    graph.initializer.extend(dense(sparse, allowed=allowed) for sparse in graph.sparse_initializer)
    del graph.sparse_initializer[:]
    kept = []
    for node in graph.node:
        for inner in graphs_of(node):
            lift(inner, allowed=allowed)
        if node.op_type == "Constant" and not node.domain and node.output:
            graph.initializer.append(_tensor(node, allowed))
        else:
            kept.append(node)
    if len(kept) != len(graph.node):
        nodes = onnx.GraphProto(node=kept)  # a copy: the nodes go away with the list that they are in
        del graph.node[:]
        graph.node.extend(nodes.node)


def _tensor(node: onnx.NodeProto, allowed: int) -> onnx.TensorProto:
    if len(node.attribute) != 1:
        raise OnnxImportError(f"Constant {node.output[0]!r} has {len(node.attribute)} values; it needs one")
    (attribute,) = node.attribute
    if attribute.name == "sparse_value" and attribute.HasField("sparse_tensor"):
        tensor = dense(attribute.sparse_tensor, allowed=allowed)
    elif attribute.name == "value" and attribute.HasField("t"):
        tensor = attribute.t
    elif attribute.name in _LISTS:
        tensor = onnx.numpy_helper.from_array(_LISTS[attribute.name](attribute))
    else:
        raise OnnxImportError(f"Constant {node.output[0]!r} has no value, but {attribute.name!r}")
    copy = onnx.TensorProto()
    copy.CopyFrom(tensor)
    copy.name = node.output[0]
    return copy
