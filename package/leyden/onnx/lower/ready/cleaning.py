"""A file as this room wants it: one spelling of ONNX's own domain, nothing taken on trust."""

from collections.abc import Iterable, Mapping

import onnx
from onnx import defs

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.counting import graphs_of

__all__ = ["clean", "free_axes", "opsets_of"]

_FRESH = 10  # version of the format in which initialisers need not be inputs too


def opsets_of(model: onnx.ModelProto) -> dict[str, int]:
    """Give the version of each operator set that a file names, by domain; ONNX's own is the empty text."""
    return {"" if entry.domain == "ai.onnx" else entry.domain: entry.version for entry in model.opset_import}


def clean(model: onnx.ModelProto) -> None:
    """Spell ONNX's own domain as the empty text, and forget types that are not those of a tensor, list or optional.

    Raises:
        OnnxImportError: The file is of a newer version of ONNX than is installed.
    """
    newest, opset = defs.onnx_opset_version(), opsets_of(model).get("", 1)
    if opset > newest:
        raise OnnxImportError(
            f"opset {opset} is newer than {newest}, the newest that onnx {onnx.__version__} knows; update onnx, or "
            f"export with an older opset"
        )
    if opset < 1:
        raise OnnxImportError(f"opset {opset} is no version of ONNX; the first is 1")
    model.ir_version = max(model.ir_version, _FRESH)
    for entry in model.opset_import:
        entry.domain = "" if entry.domain == "ai.onnx" else entry.domain
    for function in model.functions:
        function.domain = "" if function.domain == "ai.onnx" else function.domain
        for entry in function.opset_import:
            entry.domain = "" if entry.domain == "ai.onnx" else entry.domain
        _clean_nodes(function.node)
    _clean_graph(model.graph)


def free_axes(graph: onnx.GraphProto, dynamic: Mapping[str, Mapping[int, str]]) -> None:
    """Give axes of inputs a name instead of the size that the file says, in place.

    Raises:
        OnnxImportError: There is no such input or axis; all that are wrong are named.
    """
    inputs = {value.name: value.type.tensor_type for value in graph.input}
    faults = []
    for name, axes in dynamic.items():
        if name not in inputs:
            faults.append(f"no input {name!r}; there are {', '.join(inputs) or 'none'}")
            continue
        sizes = inputs[name].shape.dim
        for axis, label in axes.items():
            if not -len(sizes) <= axis < len(sizes):
                faults.append(f"input {name!r} has no axis {axis}, but {len(sizes)} axes")
            elif not isinstance(label, str) or not label:
                faults.append(f"axis {axis} of input {name!r} needs a name, not {label!r}")
            else:
                sizes[axis].dim_param = label
    if faults:
        raise OnnxImportError(f"dynamic: {'; '.join(faults)}")


def _clean_graph(graph: onnx.GraphProto) -> None:
    for value in (*graph.input, *graph.output, *graph.value_info):
        if not _is_known(value.type):
            value.ClearField("type")
    del graph.quantization_annotation[:]
    _clean_nodes(graph.node)


def _clean_nodes(nodes: Iterable[onnx.NodeProto]) -> None:
    for node in nodes:
        if node.domain == "ai.onnx":
            node.domain = ""
        if node.device_configurations:
            del node.device_configurations[:]
        for graph in graphs_of(node):
            _clean_graph(graph)


def _is_known(kind: onnx.TypeProto) -> bool:
    """Say whether a type is one of a tensor, or of lists and optionals of such."""
    while kind.HasField("sequence_type") or kind.HasField("optional_type"):
        kind = kind.sequence_type.elem_type if kind.HasField("sequence_type") else kind.optional_type.elem_type
    return kind.HasField("tensor_type") or kind.HasField("sparse_tensor_type")
