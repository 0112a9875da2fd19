"""Operators that quantise by range and multiply integers, as layers: nodes that belong together, found in a file."""

from dataclasses import dataclass, replace
from typing import Any, final

import onnx_ir as ir
import torch
from torch import fx, nn

from leyden.onnx.layers.bare import bare, filled
from leyden.onnx.layers.convolution import kernel_settings, padding_before
from leyden.onnx.layers.dynamic.products import (
    DynamicConv1d,
    DynamicConv2d,
    DynamicConv3d,
    DynamicLinear,
    given_rounding,
)
from leyden.onnx.layers.linear import bias_behind
from leyden.onnx.layers.quantised import rounding_of, weight_of
from leyden.onnx.layers.rounding import FakeQuantise, Grid
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.weight.placing import twin

__all__ = ["convolution", "fused_product", "product", "scaled_product"]

_CLASSES: dict[int, type[nn.Module]] = {3: DynamicConv1d, 4: DynamicConv2d, 5: DynamicConv3d}
_PLAIN = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)
_EIGHT_BITS, _FLOAT, _INT32 = (2, 3), 1, 6
_DOMAIN = "com.microsoft"


@final
@dataclass(frozen=True)
class _Found:
    """Nodes that multiply integers, and what they stand for.

    Args:
        data: What is quantised by its range.
        parts: The integers of the weight, their scale, and their zero points.
        absorbed: Nodes behind the first one, the last of which gives the product in real numbers.
        bias: What is added to the sums of integers, in whole steps; None if nothing is.
    """

    data: Given
    parts: tuple[Given, Given, Given | None]
    absorbed: tuple[ir.Node, ...] = ()
    bias: Given | None = None


@maker("ConvInteger")
def convolution(call: Call) -> fx.Node | None:
    """Make a layer of a ConvInteger with a known kernel, of what quantises its data, and of what makes it real."""
    found = _found(call)
    kernel = None if found is None else found.parts[0]
    make: Any = None if kernel is None or kernel.sizes is None else _CLASSES.get(len(kernel.sizes))
    if found is None or kernel is None or kernel.sizes is None or make is None or found.parts[1].size != 1:
        return None
    rounding = _rounding(found, axis=0)
    weight = None if rounding is None else weight_of(call, found.parts, rounding)
    parameters = None if weight is None else call.builder.weights.own(weight)
    whole = found.bias is not None
    found = found if whole else _with_bias_behind(call, found, kernel.sizes[0])
    biases = None if found.bias is None else call.builder.weights.own(found.bias)
    if rounding is None or weight is None or parameters is None or (found.bias is not None and biases is None):
        return None
    weight.uses += 1
    out, inward, *sizes = kernel.sizes
    settings = kernel_settings(call, len(sizes))
    padding, data = padding_before(call, call.builder.tensor(found.data), tuple(sizes), settings)
    channels, extent = inward * settings["groups"], tuple(sizes)
    layer = bare(lambda: make(channels, out, extent, padding=padding, bias=biases is not None, **settings))
    filled(layer, weight=parameters[0], bias=biases[0] if biases else None)
    _absorb(call, found)
    return _called(call, given_rounding(layer, rounding, whole_bias=whole), data, weight)


@maker("MatMulInteger")
def product(call: Call) -> fx.Node | None:
    """Make a layer of a MatMulInteger with a known matrix, of what quantises its data, and of what makes it real."""
    found = _found(call)
    return None if found is None or found.bias is not None else _linear(call, found)


@maker("MatMulIntegerToFloat", domain=_DOMAIN)
def scaled_product(call: Call) -> fx.Node | None:
    """Make a layer of onnxruntime's own product of integers, and of what quantises its data."""
    source = _source(call, places=(0, 2, 4))
    matrix, scale = call.constant(1), call.constant(3)
    if source is None or matrix is None or scale is None or not _are_plain(call, 5, 6):
        return None
    return _linear(call, _Found(source, (matrix, scale, call.given(5))), bias=call.given(6))


@maker("DynamicQuantizeMatMul", domain=_DOMAIN)
def fused_product(call: Call) -> fx.Node | None:
    """Make a layer of onnxruntime's own product of what it quantises by its range."""
    data, matrix, scale = call.given(0), call.constant(1), call.constant(2)
    if data is None or data.is_constant or matrix is None or scale is None or not _are_plain(call, 3, 4):
        return None
    return _linear(call, _Found(data, (matrix, scale, call.given(3))), bias=call.given(4))


def _linear(call: Call, found: _Found, bias: Given | None = None) -> fx.Node | None:
    """Make a layer of a product, and of the Add of a known bias that follows it."""
    matrix = found.parts[0]
    whole = _stored_turned(call)
    found = found if whole is None else replace(found, parts=(whole, *found.parts[1:]))
    rounding = None if matrix.rank != 2 or matrix.code not in _EIGHT_BITS else _rounding(found, axis=int(whole is None))
    if rounding is None or matrix.sizes is None:
        return None
    wide, deep = matrix.sizes
    if found.parts[1].size not in (1, deep):
        return None
    weight = weight_of(call, found.parts, rounding)
    layout: dict[str, Any] = {"layout": "transposed", "invert": torch.t} if whole is None else {}
    parameters = call.builder.weights.own(weight, **layout)
    if parameters is None:
        return None
    weight.uses += 1
    _absorb(call, found)
    add, behind = (None, None) if bias is not None else bias_behind(call, deep)
    bias = bias or behind
    biases = call.builder.weights.own(bias) if bias is not None and bias.sizes == (deep,) else None
    if bias is not None and biases is None and add is None:
        return None
    if add is not None and biases is not None:
        call.absorb(add)
    layer = bare(lambda: DynamicLinear(wide, deep, bias=biases is not None))
    filled(layer, weight=parameters[0], bias=biases[0] if biases else None)
    if whole is None and rounding.grid.axis is not None:
        rounding = FakeQuantise(rounding.scale, rounding.zero_point, Grid(rounding.grid.code, 0))
    return _called(call, given_rounding(layer, rounding), call.builder.tensor(found.data), weight)


def _called(call: Call, layer: nn.Module, data: fx.Node, weight: Given) -> fx.Node:
    plain = next(kind for kind in _PLAIN if isinstance(layer, kind))  # its name is what torch's own layer would have
    path = call.place(plain, weight) or twin(call.builder.root, layer)
    path = path or call.builder.names.numbered(plain.__name__, call.scope)
    return call.builder.call_module(layer, (data,), path=path, name=call.outputs[0].name)


def _absorb(call: Call, found: _Found) -> None:
    if found.absorbed:
        call.builder.absorb(call.node)
    for node in found.absorbed:
        call.builder.absorb(node)
        call.outputs = tuple(node.outputs)


def _found(call: Call) -> _Found | None:
    """Find what belongs to a product of integers: the scale of its weight is in a product of scales behind it."""
    source, matrix, points = _source(call, places=(0, None, 2)), call.constant(1), call.constant(3)
    if source is None or matrix is None or matrix.code not in _EIGHT_BITS or not _are_plain(call, 3):
        return None
    scales = call.node.inputs[0].producer().outputs[1]  # pyright: ignore[reportOptionalMemberAccess]
    nodes, bias = [_sole(call, call.node.outputs[0])], None
    if nodes[0] is not None and nodes[0].op_type == "Add":
        bias = _whole_bias(call, nodes[0], scales)
        nodes.append(None if bias is None else _sole(call, nodes[0].outputs[0]))
    cast = nodes[-1]
    if cast is None or cast.op_type != "Cast" or cast.attributes["to"].as_int() != _FLOAT:
        return None
    last = _sole(call, cast.outputs[0])
    if last is None or last.op_type != "Mul":
        return None
    scale = _factor(call, next((v for v in last.inputs if v is not cast.outputs[0]), None), scales)
    if scale is None or (bias is not None and bias[1] is not scale):
        return None
    absorbed = tuple(node for node in (*nodes, last) if node is not None)
    return _Found(source, (matrix, scale, points), absorbed, None if bias is None else bias[0])


def _source(call: Call, *, places: tuple[int | None, ...]) -> Given | None:
    """Give what is quantised by its range for a node that takes integers, a scale and a zero point at places."""
    inputs = call.node.inputs
    node = inputs[0].producer() if inputs[0] is not None else None
    if node is None or node.op_type != "DynamicQuantizeLinear" or node.graph is not call.node.graph:
        return None
    for place, value in zip(places, node.outputs, strict=True):
        if place is not None and (place >= len(inputs) or inputs[place] is not value):
            return None
    data = call.builder.given(node.inputs[0])
    return None if data is None or data.is_constant else data


def _are_plain(call: Call, *places: int) -> bool:
    """Say whether inputs are left out, or known beforehand."""
    return all(call.given(place) is None or call.constant(place) is not None for place in places)


def _sole(call: Call, value: ir.Value) -> ir.Node | None:
    """Give the one node that takes a value."""
    uses = tuple(value.uses())
    if len(uses) != 1 or value.is_graph_output() or uses[0].node.graph is not call.node.graph:
        return None
    return uses[0].node


def _factor(call: Call, value: ir.Value | None, scales: ir.Value) -> Given | None:
    """Give the known scale that the scale of the data is multiplied by."""
    node = None if value is None else value.producer()
    if node is None or node.op_type != "Mul" or not any(other is scales for other in node.inputs):
        return None
    other = next((other for other in node.inputs if other is not scales), None)
    given = None if other is None or not other.is_initializer() else call.builder.given(other)
    return given if given is not None and given.is_constant and given.code == _FLOAT else None


def _whole_bias(call: Call, add: ir.Node, scales: ir.Value) -> tuple[Given, Given] | None:
    """Give the bias that is added as Reshape(Cast(Floor(Div(bias, scales)))), and the known one of the scales."""
    value = next((value for value in add.inputs if value is not call.node.outputs[0]), None)
    for op in ("Reshape", "Cast", "Floor", "Div"):
        node = None if value is None else value.producer()
        if node is None or node.op_type != op or (op == "Cast" and node.attributes["to"].as_int() != _INT32):
            return None
        value, rest = node.inputs[0], node.inputs[1:]
        if op == "Reshape" and not _spreads(call, rest[0]):
            return None
        if op == "Div":
            scale = _factor(call, rest[0], scales)
            bias = call.builder.given(value) if value is not None and value.is_initializer() else None
            return None if bias is None or scale is None or bias.rank != 1 else (bias, scale)
    return None


def _with_bias_behind(call: Call, found: _Found, channels: int) -> _Found:
    """Take in the known bias that is brought into shape, and added to the real numbers."""
    value = found.absorbed[-1].outputs[0]
    add = _sole(call, value)
    other = next((part for part in add.inputs if part is not value), None) if add is not None else None
    node = None if other is None else other.producer()
    if add is None or add.op_type != "Add" or node is None or node.op_type != "Reshape":
        return found
    stored = node.inputs[0]
    bias = call.builder.given(stored) if stored is not None and stored.is_initializer() else None
    if bias is None or bias.sizes != (channels,) or bias.code != _FLOAT or not _spreads(call, node.inputs[1]):
        return found
    return replace(found, absorbed=(*found.absorbed, add), bias=bias)


def _spreads(call: Call, shape: ir.Value | None) -> bool:
    """Say whether a known shape puts one axis where the channels are."""
    given = call.builder.given(shape)
    if given is None or not given.is_constant:
        return False
    sizes = given.literal()
    return len(sizes) > 2 and sizes[0] == 1 and all(size == 1 for size in sizes[2:])


def _stored_turned(call: Call) -> Given | None:
    """Give the stored matrix that the file transposes before it is multiplied by."""
    value = call.node.inputs[1]
    node = None if value is None else value.producer()
    stored = None if node is None or node.op_type != "Transpose" else node.inputs[0]
    return call.builder.given(stored) if stored is not None and stored.is_initializer() else None


def _rounding(found: _Found, *, axis: int) -> FakeQuantise | None:
    matrix, scale, points = found.parts
    if scale.sizes is None or len(scale.sizes) > 1 or (points is not None and points.size not in (1, scale.size)):
        return None
    return rounding_of(scale, points, code=matrix.code, axis=axis)
