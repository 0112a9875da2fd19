"""A file made ready: functions inlined, constants lifted, nodes in order, types and shapes inferred."""

from collections import Counter
from collections.abc import Iterator, Mapping

import onnx
import onnx_ir as ir
from onnx_ir.passes import common

from leyden.errors import OnnxImportError
from leyden.onnx.lower.call import find_maker
from leyden.onnx.ops.registry import find, operators

__all__ = ["prepare"]


def prepare(model: onnx.ModelProto) -> ir.Model:
    """Make a file ready to become a network.

    Raises:
        OnnxImportError: The file is broken, or has operators that nobody knows; all of them are named.
    """
    ready = ir.serde.deserialize_model(model)
    known = {(entry.domain, entry.name) for entry in operators()}
    ready = common.InlinePass(lambda function: (function.domain, function.name) not in known)(ready).model
    ready = common.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(ready).model
    ready = common.TopologicalSortPass()(ready).model
    ready = common.ShapeInferencePass(check_type=False, strict_mode=False, data_prop=True)(ready).model
    _check_operators(ready)
    return ready


def _check_operators(model: ir.Model) -> None:
    missing: dict[tuple[str, str, int], list[str]] = {}
    for node in model.graph.all_nodes():
        domain = "" if node.domain == "ai.onnx" else node.domain
        opset = model.opset_imports.get(domain, 1)
        if find(node.op_type, opset=opset, domain=domain) is None and find_maker(node.op_type, domain) is None:
            missing.setdefault((domain, node.op_type, opset), []).append(node.name or "a node without a name")
    if missing:
        raise OnnxImportError(_complaint(missing))


def _complaint(missing: Mapping[tuple[str, str, int], list[str]]) -> str:
    return f"{len(missing)} operators are unknown: {'; '.join(_lines(missing))}"


def _lines(missing: Mapping[tuple[str, str, int], list[str]]) -> Iterator[str]:
    counts = Counter({key: len(names) for key, names in missing.items()})
    for (domain, op, opset), count in counts.most_common():
        names = missing[domain, op, opset]
        more = ", ..." if count > 3 else ""
        yield f"{domain or 'ai.onnx'}::{op} in version {opset}, {count} times ({', '.join(names[:3])}{more})"
