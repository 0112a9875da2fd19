"""Operators that nobody here knows, and nodes that are not as their operator wants them: all in one complaint."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, cast

import onnx
from onnx import defs

from leyden.errors import OnnxImportError
from leyden.onnx.lower.call import makers
from leyden.onnx.lower.ready.bodies import schema_of, version_of
from leyden.onnx.lower.safety.counting import nodes_of
from leyden.onnx.ops.registry import operators

__all__ = ["check_nodes", "check_operators"]

_SHOWN = 3


def check_operators(
    graph: onnx.GraphProto, opsets: Mapping[str, int], is_known: Callable[[onnx.NodeProto], bool]
) -> None:
    """Look for operators that are not known.

    Raises:
        OnnxImportError: There are some; all are named.
    """
    missing: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for node in nodes_of(graph.node):
        if not is_known(node):
            key = (node.domain, node.op_type, version_of(node, opsets))
            missing[key].append(node.name or f"the one that gives {', '.join(node.output)}")
    if missing:
        count = "1 operator is" if len(missing) == 1 else f"{len(missing)} operators are"
        lines = "".join(f"\n- {line}" for line in _lines(missing))
        raise OnnxImportError(
            f"{count} not known:{lines}\nSay how each is computed with leyden.onnx.register(domain, name), or export "
            f"the model without it."
        )


def check_nodes(graph: onnx.GraphProto, opsets: Mapping[str, int]) -> None:
    """Compare the inputs, outputs and attributes of nodes with what ONNX says of their operators.

    Raises:
        OnnxImportError: Some have too few or too many; the first ten are named.
    """
    faults = [fault for node in nodes_of(graph.node) for fault in _faults(node, opsets)]
    if faults:
        more = f"; and {len(faults) - 10} more faults" if len(faults) > 10 else ""
        raise OnnxImportError("; ".join(faults[:10]) + more)


def _faults(node: onnx.NodeProto, opsets: Mapping[str, int]) -> Iterator[str]:
    schema = schema_of(node, opsets)
    if schema is None:
        return
    what = f"{node.op_type} {node.name or ', '.join(node.output)!r}"
    if not schema.min_input <= len(node.input) <= schema.max_input:
        yield f"{what} has {len(node.input)} inputs, not {schema.min_input} to {schema.max_input}"
    if not schema.min_output <= len(node.output) <= schema.max_output:
        yield f"{what} has {len(node.output)} outputs, not {schema.min_output} to {schema.max_output}"
    for given, wanted in zip(node.input, schema.inputs, strict=False):
        if not given and wanted.option == defs.OpSchema.FormalParameterOption.Single:
            yield f"{what} needs the input {wanted.name!r}"
    settings = {attribute.name: attribute for attribute in node.attribute}
    for name, attribute in cast("Mapping[str, Any]", schema.attributes).items():
        if attribute.required and name not in settings:
            yield f"{what} needs the attribute {name!r}"
        elif name in settings and settings[name].type != int(attribute.type.value):
            kind = onnx.AttributeProto.AttributeType.Name(settings[name].type)
            yield f"{what} has an attribute {name!r} of type {kind}, not {attribute.type.name}"


def _lines(missing: Mapping[tuple[str, str, int], list[str]]) -> Iterator[str]:
    known = {f"{entry.domain or 'ai.onnx'}::{entry.name}" for entry in operators()}
    known |= {f"{domain or 'ai.onnx'}::{name}" for domain, name in makers()}
    for (domain, op, opset), names in sorted(missing.items(), key=lambda item: (-len(item[1]), item[0])):
        full = f"{domain or 'ai.onnx'}::{op}"
        near = get_close_matches(full, known - {full})
        where = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        times = "once" if len(names) == 1 else f"{len(names)} times"
        other = f"; known in other versions: {', '.join(_ranges(domain, op))}" if full in known else ""
        yield f"{full} of version {opset}, {times} ({where}){other}; closest: {', '.join(near) or 'none'}"


def _ranges(domain: str, name: str) -> Iterator[str]:
    for entry in operators():
        if (entry.domain, entry.name) == (domain, name):
            yield f"{entry.since} to {entry.until or 'the newest'}"
