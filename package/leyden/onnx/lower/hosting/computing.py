"""Nodes of a file that compute with few numbers, as calls of functions of Python numbers."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import torch
from torch import fx

from leyden.errors import OnnxImportError
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.hosting.structure import is_plain, sizes_structure, structure_of, structured
from leyden.onnx.lower.reading import shape_of
from leyden.onnx.ops.numbers.arithmetic import rounded
from leyden.onnx.ops.numbers.nesting import flat, nested, sizes_of
from leyden.onnx.ops.registry import Operator, find_hosted

if TYPE_CHECKING:
    from leyden.onnx.lower.call import Call

__all__ = ["host", "measure"]

_COMBINE = {"ReduceMax": torch.sym_max, "ReduceMin": torch.sym_min, "ReduceProd": python.mul, "ReduceSum": python.add}
_INTEGERS = frozenset((6, 7))
_ROUNDED = frozenset((1, 10, 16))


def measure(call: Call) -> list[Given] | None:
    """Compute Shape or Size: at once as far as the file knows the sizes. None if it does not even know the axes."""
    data = call.given(0)
    if data is None or call.op not in ("Shape", "Size") or call.domain:
        return None
    if call.op == "Shape":
        sizes = sizes_structure(call, data, call.attributes.get("start", 0), call.attributes.get("end"))
        return None if sizes is None else [structured(call, sizes, code=7)]
    sizes = sizes_structure(call, data)
    if sizes is None:
        return None
    return [structured(call, _combined(call, python.mul, sizes) if sizes else 1, code=7)]


def host(call: Call, code: int) -> list[Given] | None:
    """Compute a node with Python numbers; None if it has to be computed with tensors.

    Args:
        call: The node.
        code: ONNX's number for the element type of its first output.
    """
    entry = find_hosted(call.op, call.domain)
    inputs = [given for given in call.inputs if given is not None]
    if entry is None or not any(given.numbers for given in inputs):
        return None
    at_hand = all(given.numbers or (given.is_constant and given.is_few) for given in inputs)
    if not at_hand or call.attributes.keys() - entry.keywords:
        return None
    try:
        return _made(call, entry, code)
    except TypeError:  # how functions of numbers say that tensors are needed
        return _later(call, entry, code)


def _later(call: Call, entry: Operator, code: int) -> list[Given] | None:
    """Move numbers when the network runs, for nobody knows before how many there are; None if not of one axis."""
    shape, data = shape_of(call.outputs[0]), call.given(0)
    places = [given for given in call.inputs[1:] if given is not None and not given.is_constant]
    flat = all(given is None or (given.rank is not None and given.rank <= 1) for given in call.inputs)
    if entry.way != "moves" or entry.many or data is None or shape is None or len(shape) > 1 or not flat:
        return None
    if places and call.op != "Concat":
        return None
    values = [given if given is None else given.literal() if given.is_constant else given.node for given in call.inputs]
    node = call.function(entry.function, *values, **call.attributes)
    return [Given(call.outputs[0].name or "", code, shape, node, numbers=True)]


def _made(call: Call, entry: Operator, code: int) -> list[Given]:
    values = tuple(None if given is None else structure_of(call, given) for given in call.inputs)
    settings: dict[str, Any] = dict(call.attributes)
    data = call.given(0)
    if "output_count" in entry.keywords:
        settings["output_count"] = len(call.outputs)
    if call.op == "Cast" and code in _INTEGERS and data is not None and data.code in _INTEGERS:
        result: Any = values[0]
    elif entry.way == "each":
        result = _each(call, entry.function, values, settings, code)
    elif entry.way == "moves":
        result = _now(call, entry.function, values, settings)
    else:
        result = _total(call, entry.function, values, settings)
    results = result if entry.many else (result,)
    return [structured(call, part, code=code, index=index) for index, part in enumerate(results[: len(call.outputs)])]


def _each(call: Call, function: Callable[..., Any], values: Sequence[Any], settings: dict[str, Any], code: int) -> Any:
    """Compute with one number of each value at a time."""
    sizes = max((sizes_of(value) for value in values), key=len)
    listed = [None if value is None else tuple(flat(value)) for value in values]
    count = max(len(numbers) for numbers in listed if numbers is not None)
    if len(sizes) > 1 or any(numbers is not None and len(numbers) not in (1, count) for numbers in listed):
        raise TypeError("numbers of more than one axis are computed with as tensors only")
    results = []
    for index in range(count):
        numbers = [None if part is None else part[index if len(part) > 1 else 0] for part in listed]
        result = _all(call, function, numbers, settings)
        results.append(_all(call, rounded, (result, code), {}) if code in _ROUNDED else result)
    return nested(results, (count,) if sizes else ())


def _total(call: Call, function: Callable[..., Any], values: Sequence[Any], settings: dict[str, Any]) -> Any:
    """Compute with all numbers of a value."""
    data, axes = values[0], values[1] if len(values) > 1 else settings.get("axes")
    if is_plain(tuple(values)) or not isinstance(data, tuple) or (settings.get("noop_with_empty_axes") and not axes):
        return _now(call, function, values, settings)
    if len(sizes_of(data)) > 1 or not is_plain(axes):
        raise TypeError("numbers of more than one axis are added up as tensors only")
    total = _combined(call, _COMBINE[call.op], data)
    return (total,) if settings.get("keepdims", 1) else total


def _combined(call: Call, combine: Callable[[Any, Any], Any], numbers: Sequence[Any]) -> Any:
    """Combine numbers two by two, those that are known beforehand first."""
    plain = [number for number in numbers if not isinstance(number, fx.Node)]
    nodes = [number for number in numbers if isinstance(number, fx.Node)]
    known = [reduce(combine, plain)] if plain else []
    known = [] if nodes and combine is python.mul and known == [1] else known
    return reduce(lambda one, other: call.function(combine, one, other), (*nodes, *known))


def _all(call: Call, function: Callable[..., Any], values: Sequence[Any], settings: dict[str, Any]) -> Any:
    """Compute at once if everything is known, and when the network runs if not."""
    if is_plain(tuple(values)):
        return _now(call, function, values, settings)
    return call.function(function, *values, **settings)


def _now(call: Call, function: Callable[..., Any], values: Sequence[Any], settings: dict[str, Any]) -> Any:
    try:
        return function(*values, **settings)
    except TypeError:
        raise
    except Exception as error:  # whatever Python says of numbers that do not fit
        raise OnnxImportError(f"it cannot be computed: {error}") from error
