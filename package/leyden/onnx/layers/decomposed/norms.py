"""Normalisations in pieces: LayerNorm and RMSNorm of means and squares, GroupNorm of an InstanceNormalization."""

import math
from dataclasses import dataclass
from typing import Any, final

import onnx_ir as ir
from torch import fx, nn
from torch.nn import functional

from leyden.onnx.layers.bare import bare, decimal, filled, fits, is_filler
from leyden.onnx.layers.decomposed.pieces import integers, maker_of, number, operand, weight_of
from leyden.onnx.lower.call import Call
from leyden.onnx.lower.given import Given

__all__ = ["normalised", "waits"]

_SHOWN = ("Cast", "CastLike", "Identity", "Reshape", "Squeeze", "Unsqueeze")


@final
@dataclass
class _Core:
    """A normalisation without weights.

    Args:
        kind: Class of the layer.
        data: What is normalised.
        epsilon: What is added to the variance.
        axes: How many axes, the last ones, are normalised.
        groups: How many groups of channels are; zero if it is not that.
    """

    kind: type[nn.Module]
    data: ir.Value
    epsilon: float
    axes: int = 1
    groups: int = 0


def normalised(call: Call) -> fx.Node | None:
    """Make a layer of the last node of a normalisation: what adds its bias, or multiplies with its weight."""
    found = _core_of(call, call.node)
    if found is None:
        return None
    core, weight, bias = found
    data, shape = call.builder.require(core.data), (weight.size or 0,) if core.groups else weight.sizes
    if shape is None or (not core.groups and len(shape) != core.axes) or not _shaped(core, weight, shape):
        return None
    if bias is not None and not _shaped(core, bias, shape):
        return None
    weight, bias = _flattened(weight, shape), None if bias is None else _flattened(bias, shape)
    path = call.place(core.kind, weight)
    if path is None or not fits(call, bias, path):
        return _function(call, core, data, weight, bias)
    weights, biases = _owned(call, weight, shape), None if bias is None else _owned(call, bias, shape)
    if weights is None or (bias is not None and biases is None):
        return None
    layer = filled(_layer(core, shape, bias=bias is not None), weight=weights[0])
    layer = filled(layer, bias=biases[0]) if biases else layer
    return call.module(layer, call.builder.tensor(data), weight=weight, path=path)


def waits(call: Call) -> bool:
    """Say whether the product with a weight is followed by the sum with a bias, so that it is not the last node."""
    value = call.outputs[0]
    adds = [use.node for use in value.uses() if use.node.op_type == "Add"]
    others = [use.node for use in value.uses() if use.node.op_type not in ("Add", "CastLike")]
    if value.is_graph_output() or len(adds) != 1 or others:
        return False
    return _is_weight(operand(adds[0], value))


def _is_weight(value: ir.Value | None) -> bool:
    """Say whether a value is a tensor of the file, as it is or in another shape."""
    for _ in _SHOWN:
        node = maker_of(value, *_SHOWN)
        value = value if node is None else node.inputs[0]
    return value is not None and value.is_initializer() and (value.shape is None or len(value.shape) > 0)


def _core_of(call: Call, last: ir.Node) -> tuple[_Core, Given, Given | None] | None:
    bias, product = None, last
    if last.op_type == "Add":
        products = [(value, node) for value in last.inputs if (node := maker_of(value, "Mul")) is not None]
        biases = [(weight_of(call, operand(last, value)), node) for value, node in products]
        bias, product = next(((known, node) for known, node in biases if known is not None), (None, last))
        if bias is None:
            return None
    for value in product.inputs if product.op_type == "Mul" else ():
        weight = weight_of(call, operand(product, value))
        core = None if weight is None else _spread(call, value) or _grouped(call, value)
        if core is not None and weight is not None and not (core.groups and bias is None):
            return core, weight, bias
    return None


def _spread(call: Call, value: ir.Value | None) -> _Core | None:
    """Recognise what is divided by the root of the mean of its squares, and what is less its mean before."""
    node = maker_of(value, "Div", "Mul")
    if node is None:
        return None
    for deviation in node.inputs[:1] if node.op_type == "Div" else node.inputs:
        root = operand(node, deviation)
        if node.op_type == "Mul":
            root = _inverse(call, root)
        found = _variance(call, root, deviation)
        if found is None or deviation is None:
            continue
        epsilon, axes = found
        less = maker_of(deviation, "Sub")
        if less is not None and less.inputs[0] is not None and _mean(call, less.inputs[1], less.inputs[0]) == axes:
            return _Core(nn.LayerNorm, less.inputs[0], epsilon, axes)
        return _Core(nn.RMSNorm, deviation, epsilon, axes)
    return None


def _inverse(call: Call, value: ir.Value | None) -> ir.Value | None:
    """Give what one is divided by."""
    node = maker_of(value, "Reciprocal", "Div")
    if node is not None and node.op_type == "Div":
        return node.inputs[1] if number(call, node.inputs[0]) == 1 else None
    return None if node is None else node.inputs[0]


def _variance(call: Call, root: ir.Value | None, deviation: ir.Value | None) -> tuple[float, int] | None:
    """Give epsilon and the number of axes of `sqrt(mean(deviation ** 2) + epsilon)`; None for anything else."""
    square_root = maker_of(root, "Sqrt")
    add = None if square_root is None else maker_of(square_root.inputs[0], "Add")
    for mean in () if add is None or deviation is None else add.inputs:
        reduce = maker_of(mean, "ReduceMean")
        epsilon = None if add is None else number(call, operand(add, mean))
        power = None if reduce is None else maker_of(reduce.inputs[0], "Pow", "Mul")
        if epsilon is None or power is None or power.inputs[0] is not deviation:
            continue
        squared = number(call, power.inputs[1]) == 2 if power.op_type == "Pow" else power.inputs[1] is deviation
        axes = _mean(call, mean, power.outputs[0]) if squared else 0
        if axes:
            return decimal(epsilon), axes
    return None


def _mean(call: Call, value: ir.Value | None, data: ir.Value) -> int:
    """Count the axes, the last ones of the data, of which a value is the mean; zero if it is something else."""
    node = maker_of(value, "ReduceMean")
    if node is None or node.inputs[0] is not data or node.attributes.get_int("keepdims", 1) != 1:
        return 0
    said = node.inputs[1] if len(node.inputs) > 1 else None
    axes = tuple(node.attributes.get_ints("axes", ())) or integers(call, said)
    rank = None if data.shape is None else len(data.shape)
    if not axes or (rank is None and any(axis >= 0 for axis in axes)):
        return 0
    behind = sorted(axis - (rank or 0) if axis >= 0 else axis for axis in axes)
    return len(axes) if behind == list(range(-len(axes), 0)) else 0


def _grouped(call: Call, value: ir.Value | None) -> _Core | None:
    """Recognise groups of channels made channels, each normalised, and made what they were."""
    back = maker_of(value, "Reshape")
    inner = None if back is None else maker_of(back.inputs[0], "InstanceNormalization")
    there = None if inner is None else maker_of(inner.inputs[0], "Reshape")
    if back is None or inner is None or there is None or there.inputs[0] is None:
        return None
    sizes, data = integers(call, there.inputs[1]), there.inputs[0]
    given = [call.builder.given(each) for each in inner.inputs[1:]]
    shape = maker_of(back.inputs[1], "Shape")
    whole = back.outputs[0].shape == data.shape or (shape is not None and shape.inputs[0] is data)
    plain = is_filler(call, given[0], 1) and is_filler(call, given[1], 0)
    if sizes is None or len(sizes) != 3 or not _keeps_batch(sizes, data) or not whole or not plain:
        return None
    return _Core(nn.GroupNorm, data, decimal(inner.attributes.get_float("epsilon", 1e-5)), groups=sizes[1])


def _keeps_batch(sizes: tuple[int, ...], data: ir.Value) -> bool:
    """Say whether a shape divides all but the first axis into groups and the rest."""
    known = () if data.shape is None else tuple(data.shape)
    first = sizes[0] == 0 or sizes[:1] == known[:1]
    return first and sizes[1] > 0 and (sizes[2] == -1 or math.prod(sizes[1:]) == _volume(known[1:]))


def _volume(sizes: tuple[Any, ...]) -> int:
    return math.prod(sizes) if all(isinstance(size, int) for size in sizes) else 0


def _shaped(core: _Core, given: Given, shape: tuple[int, ...]) -> bool:
    """Say whether a weight has the shape that is normalised; for channels, with axes of one element behind."""
    sizes = given.sizes or ()
    return sizes == shape if not core.groups else sizes[:1] == shape and set(sizes[1:]) <= {1} and len(sizes) > 1


def _flattened(given: Given, shape: tuple[int, ...]) -> Given:
    """Give the weight itself that is shown in another shape, if its own is the one wanted."""
    whole = given.whole
    return whole if whole is not None and given.order == "same" and whole.sizes == shape else given


def _owned(call: Call, given: Given, shape: tuple[int, ...]) -> tuple[nn.Parameter, ...] | None:
    if given.sizes == shape:
        return call.builder.weights.own(given)
    return call.builder.weights.own(given, layout="flat", make=lambda tensor: (tensor.reshape(shape),))


def _layer(core: _Core, shape: tuple[int, ...], *, bias: bool) -> nn.Module:
    if core.kind is nn.LayerNorm:
        return bare(lambda: nn.LayerNorm(list(shape), core.epsilon, bias=bias))
    if core.kind is nn.RMSNorm:
        return bare(lambda: nn.RMSNorm(list(shape), core.epsilon))
    return bare(lambda: nn.GroupNorm(core.groups, math.prod(shape), core.epsilon))


def _function(call: Call, core: _Core, data: Given, weight: Given, bias: Given | None) -> fx.Node | None:
    tensor, factor = call.builder.tensor(data), call.builder.tensor(weight)
    summand = None if bias is None else call.builder.tensor(bias)
    if core.groups and len(weight.sizes or ()) > 1:
        return None
    if core.kind is nn.LayerNorm:
        return call.function(functional.layer_norm, tensor, weight.sizes, factor, summand, core.epsilon)
    if core.kind is nn.GroupNorm:
        return call.function(functional.group_norm, tensor, core.groups, factor, summand, core.epsilon)
    return None if bias is not None else call.function(functional.rms_norm, tensor, weight.sizes, factor, core.epsilon)
