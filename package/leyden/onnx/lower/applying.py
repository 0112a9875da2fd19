"""A node of a file as a call of the function that computes its operator, or computed at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx_ir as ir
from torch import Tensor, fx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.constant import Constant
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.hosting.computing import host, measure
from leyden.onnx.lower.naming import is_path
from leyden.onnx.lower.reading import shape_of, to_torch
from leyden.onnx.lower.safety.budget import OverBudget, unwatched
from leyden.onnx.ops.dtypes import as_tensor, dtype_code
from leyden.onnx.ops.registry import RESERVED, Operator, find

if TYPE_CHECKING:
    from leyden.onnx.lower.call import Call

__all__ = ["again", "apply", "fold", "literals", "python_numbers", "require"]

_MOVES = frozenset(("Cast", "CastLike", "Concat", "Expand", "Gather", "Pad", "Slice", "Tile"))
_SCALES = frozenset(("DequantizeLinear", "QuantizeLinear"))


def python_numbers(tensor: Any) -> Any:
    """Give a tensor as a Python number, or as a tuple of them; numbers are given back as they are.

    Examples:
        >>> import torch
        >>> python_numbers(torch.tensor([2, 3])), python_numbers(torch.tensor(0.5))
        ((2, 3), 0.5)
    """
    if not isinstance(tensor, Tensor | np.ndarray):
        return tensor
    return _tuples(tensor.tolist())


def apply(call: Call) -> fx.Node | Sequence[Given]:
    """Put a call of the operator's function into the network, or of the one that takes Python numbers."""
    entry = require(call)
    settings = _settings(call, entry)
    made = measure(call) if entry.gives_numbers else host(call, _code(call))
    if made is not None:
        return made
    node = call.function(entry.function, *_arguments(call, entry), **settings)
    if entry.gives_numbers:
        return [Given(call.outputs[0].name or "", 7, shape_of(call.outputs[0]), node, numbers=True)]
    if entry.many and len(call.outputs) == 1:
        return call.builder.call_function(_first, (node,), {}, name=call.outputs[0].name)
    return node


def fold(call: Call) -> Sequence[Given] | None:
    """Compute a node whose inputs are all known beforehand; None if it has to wait.

    A weight that others use, too, stays one weight: what is made of it is computed when the network runs.

    Raises:
        OnnxImportError: Nobody knows the operator, or its function does not take what it is given.
    """
    entry = require(call)
    constants = [given for given in call.inputs if given is not None]
    if entry.random or not all(given.is_constant for given in constants):
        return None
    if any(given.is_weight and (given.uses > 1 or given.rounded is not None) for given in constants):
        return None
    kept = any(_is_kept(call, given) for given in constants)
    if kept and call.op not in _MOVES:
        return None
    budget = call.builder.shared.budget
    if sum(given.size or 0 for given in constants) > budget.bytes:
        return None
    settings = _settings(call, entry, now=True)
    values = [_value_now(given, entry, index) for index, given in enumerate(call.inputs)]
    try:
        result = budget.compute(entry.function, values, settings)
    except OverBudget:
        return None
    except Exception as error:  # whatever torch says of what does not fit
        raise OnnxImportError(f"it cannot be computed: {error}") from error
    results = result if entry.many or len(call.outputs) > 1 else (result,)
    known = [_known(call, index, part) for index, part in enumerate(results[: len(call.outputs)])]
    if kept and len(known) == 1:
        known[0].emit = again(call)
    return known


def again(call: Call) -> Callable[[Any], Any]:
    """Give a function that puts a node into the network of a builder."""
    return lambda builder: apply(type(call)(builder, call.node))


def literals(call: Call) -> tuple[list[Any], dict[str, Any]]:
    """Give all inputs of a node but the first, which are known beforehand, and its settings."""
    entry = require(call)
    rest = [_value_now(given, entry, index) for index, given in enumerate(call.inputs) if index]
    return rest, _settings(call, entry, now=True)


def require(call: Call) -> Operator:
    """Find the function of a node's operator.

    Raises:
        OnnxImportError: There is none.
    """
    entry = find(call.op, opset=call.opset, domain=call.domain)
    if entry is None:
        raise OnnxImportError(
            f"operator {call.domain or 'ai.onnx'}::{call.op} of version {call.opset} is not known in this form"
        )
    return entry


def _is_kept(call: Call, given: Given) -> bool:
    """Say whether a weight must stay what it is: torch gave it the name by which the network called it."""
    if call.op in _SCALES or not given.is_weight:
        return False
    return given.emit is not None or (given.stored and call.builder.names.from_torch and is_path(given.name))


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value


def _copy(value: Tensor) -> Tensor:
    """Copy a value that was paid for when it was computed."""
    with unwatched():
        return value.clone()


def _known(call: Call, index: int, value: Any) -> Given:
    name = (call.outputs[index].name or "") if index < len(call.outputs) else ""
    code = _code(call, index)
    value = as_tensor(value, code=code or 7) if isinstance(value, int | float | tuple) else value
    if isinstance(value, Tensor):
        code = code or dtype_code(value.dtype)
        return Given(name, code, tuple(value.shape), read=lambda: _copy(value))
    shape = tuple(value.shape) if isinstance(value, np.ndarray) else None
    return Given(name, code, shape, read=lambda: value)


def _code(call: Call, index: int = 0) -> int:
    """Give the element type of an output; that of the first input where the file does not say it."""
    value = call.outputs[index]
    if value.dtype is not None:
        return int(value.dtype)
    if "to" in call.attributes:
        return int(call.attributes["to"])
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
        elif entry.takes_literal(position) and given.rank == 0 and (given.is_constant or given.numbers):
            arguments.append(given.literal() if given.is_constant else given.node)
        elif entry.scalars and _is_scalar(call, given):
            arguments.append(given.value().reshape(()).tolist() if given.is_constant else given.node)
        elif given.is_constant and _is_scale(entry, position):
            arguments.append(call.builder.constant(given))
        else:
            arguments.append(call.builder.tensor(given))
    return arguments


def _is_scale(entry: Operator, position: int) -> bool:
    """Say whether an input is the scale of integers, which training must not change."""
    name = entry.inputs[position] if position < len(entry.inputs) else ""
    return name.endswith("_scale") or (entry.name in ("QuantizeLinear", "DequantizeLinear") and name == "scale")


def _is_scalar(call: Call, given: Given) -> bool:
    """Say whether an input may be a Python number instead of a tensor.

    It is one number, and some other input is a tensor that has no fewer axes, and the element type of this one or of
    the result: then neither shape nor type of the result come from this one.
    """
    if given.rank is None or (not (given.is_constant and given.size == 1) and not (given.numbers and given.rank == 0)):
        return False
    code = _code(call)
    tensors = [other for other in call.inputs if other is not None and not other.is_constant and not other.numbers]
    wide = given.rank == 0 or any(other.rank is not None and other.rank >= given.rank for other in tensors)
    return wide and any(other.code in (given.code, code) for other in tensors)


def _numbers(call: Call, given: Given) -> Any:
    if given.is_constant:
        return given.literal()
    if given.numbers:
        return given.node
    return call.builder.call_function(python_numbers, (call.builder.tensor(given),), {}, name=given.name)


def _settings(call: Call, entry: Operator, *, now: bool = False) -> dict[str, Any]:
    """Collect the attributes of a node, and what its function wants to know of its place."""
    unknown = sorted(call.attributes.keys() - entry.keywords)
    if unknown:
        raise OnnxImportError(f"{call.op} of version {call.opset} has no attribute {', '.join(unknown)}")
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
    if isinstance(value, int | float | str | tuple) or not isinstance(value, ir.TensorProtocol):
        return value
    tensor = to_torch(value)
    if now:
        return tensor
    name = call.outputs[0].name
    return call.builder.call_module(Constant(tensor), (), path="constants.attribute", name=name)
