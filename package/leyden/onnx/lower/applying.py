"""A node of a file as a call of the function that computes its operator, or computed at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx_ir as ir
import torch
from torch import Tensor, fx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.constant import Constant
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.reading import shape_of, to_torch
from leyden.onnx.ops.dtypes import as_tensor, dtype_code
from leyden.onnx.ops.registry import RESERVED, Operator, find, find_hosted

if TYPE_CHECKING:
    from leyden.onnx.lower.call import Call

__all__ = ["apply", "fold", "python_numbers"]

_FEW = 64  # elements that may become Python numbers, or be computed as such


def python_numbers(tensor: Any) -> Any:
    """Give a tensor as a Python number, or as a tuple of them; numbers are given back as they are.

    Examples:
        >>> python_numbers(torch.tensor([2, 3])), python_numbers(torch.tensor(0.5))
        ((2, 3), 0.5)
    """
    if not isinstance(tensor, Tensor | np.ndarray):
        return tensor
    return _tuples(tensor.tolist())


def apply(call: Call) -> fx.Node | Sequence[Given]:
    """Put a call of the operator's function into the network."""
    entry = require(call)
    settings = _settings(call, entry)
    if _stays_numbers(call):
        function = find_hosted(call.op, call.domain)
        assert function is not None
        wanted = _keywords(function)
        arguments = [None if given is None else _numbers(call, given) for given in call.inputs]
        node = call.function(function, *arguments, **{k: v for k, v in settings.items() if k in wanted})
        return [Given(call.outputs[0].name or "", _code(call), shape_of(call.outputs[0]), node, numbers=True)]
    node = call.function(entry.function, *_arguments(call, entry), **settings)
    if entry.gives_numbers:
        rank = shape_of(call.outputs[0])
        return [Given(call.outputs[0].name or "", 7, rank, node, numbers=True)]
    if entry.many and len(call.outputs) == 1:
        return call.builder.call_function(_first, (node,), {}, name=call.outputs[0].name)
    return node


def fold(call: Call) -> Sequence[Given] | None:
    """Compute a node whose inputs are all known beforehand; None if it has to wait.

    A weight that others use, too, stays one weight: what is made of it is computed when the network runs.
    """
    entry = require(call)
    shape = _static_shape(call, entry)
    if shape is not None:
        return [_known(call, 0, shape)]
    constants = [given for given in call.inputs if given is not None]
    if entry.random or not all(given.is_constant for given in constants):
        return None
    if any(given.is_weight and given.uses > 1 for given in constants):
        return None
    settings = _settings(call, entry, now=True)
    values = [_value_now(given, entry, index) for index, given in enumerate(call.inputs)]
    with torch.no_grad():
        result = entry.function(*values, **settings)
    results = result if entry.many or len(call.outputs) > 1 else (result,)
    spent = sum(part.numel() * part.element_size() for part in results if isinstance(part, Tensor))
    call.builder.shared.fold_bytes -= spent
    return [_known(call, index, part) for index, part in enumerate(results[: len(call.outputs)])]


def require(call: Call) -> Operator:
    """Find the function of a node's operator.

    Raises:
        OnnxImportError: There is none.
    """
    entry = find(call.op, opset=call.opset, domain=call.domain)
    if entry is None:
        raise OnnxImportError(
            f"operator {call.domain or 'ai.onnx'}::{call.op} in version {call.opset} (node {call.name!r}) is unknown"
        )
    return entry


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value


def _static_shape(call: Call, entry: Operator) -> Tensor | None:
    """Compute what gives a shape at once, where the shape is known whatever the network runs on."""
    if not entry.gives_numbers or call.inputs[0] is None or call.inputs[0].sizes is None:
        return None
    stand_in = torch.empty(call.inputs[0].sizes, device="meta")
    result = as_tensor(entry.function(stand_in, **_settings(call, entry, now=True)), code=7)
    return result if isinstance(result, Tensor) else None


def _known(call: Call, index: int, value: Any) -> Given:
    name = (call.outputs[index].name or "") if index < len(call.outputs) else ""
    code = _code(call, index)
    value = as_tensor(value, code=code or 7) if isinstance(value, int | float | tuple) else value
    if isinstance(value, Tensor):
        code = code or dtype_code(value.dtype)
        return Given(name, code, tuple(value.shape), read=value.clone)
    shape = tuple(value.shape) if isinstance(value, np.ndarray) else None
    return Given(name, code, shape, read=lambda: value)


def _code(call: Call, index: int = 0) -> int:
    value = call.outputs[index]
    if value.dtype is not None:
        return int(value.dtype)
    first = next((given for given in call.inputs if given is not None), None)
    return first.code if first is not None else 0


def _value_now(given: Given | None, entry: Operator, position: int) -> Any:
    if given is None:
        return None
    return given.literal() if entry.takes_number(position) else given.value()


def _arguments(call: Call, entry: Operator) -> list[Any]:
    arguments: list[Any] = []
    for position, given in enumerate(call.inputs):
        if given is None:
            arguments.append(None)
        elif entry.takes_number(position):
            arguments.append(_numbers(call, given))
        elif entry.scalars and _is_scalar(given, call.inputs):
            arguments.append(given.literal())
        else:
            arguments.append(call.builder.tensor(given))
    return arguments


def _is_scalar(given: Given, inputs: Sequence[Given | None]) -> bool:
    """Say whether a constant may be a Python number: it has no axes, and something else is a tensor."""
    others = (other for other in inputs if other is not given and other is not None)
    return given.is_constant and given.shape == () and any(not other.is_constant for other in others)


def _numbers(call: Call, given: Given) -> Any:
    if given.is_constant:
        return given.literal()
    if given.numbers:
        return given.node
    return call.builder.call_function(python_numbers, (call.builder.tensor(given),), {}, name=given.name)


def _stays_numbers(call: Call) -> bool:
    if len(call.outputs) != 1 or find_hosted(call.op, call.domain) is None:
        return False
    inputs = [given for given in call.inputs if given is not None]
    if not any(given.numbers for given in inputs):
        return False
    small = all(given.numbers or (given.is_constant and (given.size or 0) <= _FEW) for given in inputs)
    flat = all(given.rank is not None and given.rank <= 1 for given in inputs)
    shape = shape_of(call.outputs[0])
    return small and flat and shape is not None and len(shape) <= 1


def _keywords(function: Any) -> frozenset[str]:
    return Operator("", "", 1, None, function).keywords


def _settings(call: Call, entry: Operator, *, now: bool = False) -> dict[str, Any]:
    """Collect the attributes of a node, and what its function wants to know of its place."""
    unknown = sorted(call.attributes.keys() - entry.keywords)
    if unknown:
        raise OnnxImportError(
            f"node {call.name!r}: {call.op} in version {call.opset} has no attribute {', '.join(unknown)}"
        )
    settings = {name: _setting(call, value, now=now) for name, value in call.attributes.items()}
    place = {
        "input_types": tuple(given.code if given is not None else 0 for given in call.inputs),
        "opset": call.opset,
        "output_count": len(call.outputs),
        "output_types": tuple(int(value.dtype or 0) for value in call.outputs),
        "device": None,
    }
    for name in RESERVED:
        if name in entry.keywords and name not in call.attributes:
            settings[name] = call.builder.device() if name == "device" and not now else place[name]
    return settings


def _setting(call: Call, value: Any, *, now: bool) -> Any:
    if not isinstance(value, ir.TensorProtocol):
        return value
    tensor = to_torch(value)
    if now:
        return tensor
    name = call.outputs[0].name
    return call.builder.call_module(Constant(tensor), (), path="constants.attribute", name=name)
