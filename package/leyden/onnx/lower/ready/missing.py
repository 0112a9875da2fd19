"""Operators that nobody here knows, and nodes that are not as their operator wants them: all in one complaint."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple, cast

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


class _Form(NamedTuple):
    """What ONNX says of an operator, as far as it is compared: to ask a schema for it takes longer than to compare.

    Args:
        inputs: How many there are at least and at most.
        outputs: The same of outputs.
        names: Of inputs; None for one that may be left out.
        kinds: Number and name of the type of each attribute.
        required: The attributes that must be there.
    """

    inputs: tuple[int, int]
    outputs: tuple[int, int]
    names: tuple[str | None, ...]
    kinds: Mapping[str, tuple[int, str]]
    required: frozenset[str]


@lru_cache(4096)
def _form(schema: defs.OpSchema) -> _Form:
    single = defs.OpSchema.FormalParameterOption.Single
    attributes = cast("Mapping[str, Any]", schema.attributes)
    return _Form(
        (schema.min_input, schema.max_input), (schema.min_output, schema.max_output),
        tuple(wanted.name if wanted.option == single else None for wanted in schema.inputs),
        {name: (int(attribute.type.value), attribute.type.name) for name, attribute in attributes.items()},
        frozenset(name for name, attribute in attributes.items() if attribute.required),
    )  # fmt: skip


def _faults(node: onnx.NodeProto, opsets: Mapping[str, int]) -> list[str]:
    schema = schema_of(node, opsets)
    if schema is None:
        return []
    form, inputs, settings = _form(schema), node.input, {setting.name: setting.type for setting in node.attribute}
    faults = []
    for what, count, (least, most) in (
        ("inputs", len(inputs), form.inputs),
        ("outputs", len(node.output), form.outputs),
    ):
        if not least <= count <= most:
            faults.append(f"has {count} {what}, not {least} to {most}")
    for given, name in zip(inputs, form.names, strict=False):
        if not given and name is not None:
            faults.append(f"needs the input {name!r}")
    faults += (f"needs the attribute {name!r}" for name in sorted(form.required - settings.keys()))
    for name, kind in settings.items():
        if name in form.kinds and form.kinds[name][0] != kind:
            found = onnx.AttributeProto.AttributeType.Name(kind)
            faults.append(f"has an attribute {name!r} of type {found}, not {form.kinds[name][1]}")
    what = f"{node.op_type} {node.name or ', '.join(node.output)!r}" if faults else ""
    return [f"{what} {fault}" for fault in faults]


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
