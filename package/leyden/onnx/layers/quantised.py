"""Pairs of QuantizeLinear and DequantizeLinear: weights in floating point that are rounded where they are used."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor, fx, nn

from leyden.onnx.layers.rounding import FakeQuantise, Grid, with_rounding_
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.naming import identifier
from leyden.onnx.lower.reading import shape_of
from leyden.onnx.lower.safety.budget import unwatched
from leyden.onnx.ops.dtypes import is_float_code, torch_dtype

__all__ = ["dequantise", "quantise", "rounding_of", "weight_of"]

_GRIDS = (2, 3, 4, 5)  # integers of 8 and of 16 bits; torch cannot round to fewer
_BIAS = 6  # the int32 of biases, whose scale is so small that nothing need be rounded
_SUFFIXES = ("_quantized", "_quantised")


@maker("QuantizeLinear")
def quantise(call: Call) -> fx.Node | Sequence[Given] | None:
    """Round a tensor that is only dequantised again, with a gradient; whoever dequantises it gets it as it is."""
    data, scale = call.given(0), call.constant(1)
    value = call.outputs[0]
    followers = [use.node for use in value.uses()]
    if data is None or scale is None or value.is_graph_output() or not followers:
        return None
    takers = [Call(call.builder, node, value) for node in followers if node.op_type == "DequantizeLinear"]
    if len(takers) < len(followers) or not all(_is_alike(call, taker) for taker in takers):
        return None
    rounding = _rounding(call, code=int(value.dtype or 0), rank=data.rank)
    if rounding is None or (data.is_constant and (not data.is_weight or data.uses > 1)):
        return None
    if data.is_constant:
        rounded = functools.partial(_rounded, rounding)
        return [Given(data.name, data.code, data.shape, read=data.read, stored=True, uses=0, rounded=rounded)]
    return call.builder.call_module(
        rounding, (call.tensor(0),), path=f"quantisers.{identifier(data.name)}", name=value.name
    )


@maker("DequantizeLinear")
def dequantise(call: Call) -> Sequence[Given] | None:
    """Give integers that are known beforehand as the floating-point weight that they were made of."""
    data, scale = call.given(0), call.constant(1)
    if data is None or scale is None or not is_float_code(scale.code):
        return None
    uses = len(tuple(call.outputs[0].uses())) + call.outputs[0].is_graph_output()
    if data.rounded is not None and is_float_code(data.code):  # quantise, above, made it so
        data.uses += uses
        return [data]
    if data.node is not None and data.node.op == "call_module":
        made = call.builder.root.get_submodule(str(data.node.target))
        return [_as_it_is(call, data.node)] if isinstance(made, FakeQuantise) else None
    if not data.is_constant or (data.size or 0) <= 1 or (call.given(2) is not None and call.constant(2) is None):
        return None
    rounding = _rounding(call, code=data.code, rank=data.rank)
    if rounding is None:
        return None
    weight = weight_of(call, (data, scale, call.given(2)), rounding)
    weight.uses += uses
    return [weight]


def weight_of(call: Call, parts: tuple[Given, Given, Given | None], rounding: FakeQuantise) -> Given:
    """Give the floating-point weight that known integers, a scale and zero points stand for; one weight for each."""
    made = call.builder.weights.made
    if parts not in made:
        made[parts] = _weight(parts[0], parts[1], rounding)
    return made[parts]


def _is_alike(one: Call, other: Call) -> bool:
    """Say whether two nodes have the same scale, zero points and axis, as names or as values."""
    if dict(one.attributes).get("axis", 1) != dict(other.attributes).get("axis", 1):
        return False
    for position in (1, 2):
        left, right = one.given(position), other.given(position)
        if left is right:
            continue
        if left is None or right is None or not (left.is_constant and right.is_constant):
            return False
        if left.code != right.code or left.literal() != right.literal():
            return False
    return True


def _rounding(call: Call, *, code: int, rank: int | None) -> FakeQuantise | None:
    """Give what rounds as a node does; None for one that torch cannot do with a gradient."""
    scale, points = call.constant(1), call.constant(2)
    if scale is None or scale.sizes is None or code not in (*_GRIDS, _BIAS) or call.attributes.get("block_size", 0):
        return None
    if len(scale.sizes) > 1 or (call.given(2) is not None and points is None):
        return None
    axis = call.attributes.get("axis", 1)
    if scale.size != 1 and axis < 0 and rank is None:
        return None
    return rounding_of(scale, points, code=code, axis=axis if axis >= 0 else axis + (rank or 0))


def rounding_of(scale: Given, points: Given | None, *, code: int, axis: int) -> FakeQuantise | None:
    """Give what rounds to integers with a known scale, along an axis if there are several; None if one is no scale."""
    scales = scale.value()
    if not bool((scales.isfinite() & (scales > 0)).all()):
        return None
    zero = torch.zeros(scales.shape) if points is None else points.value()
    if scales.numel() == 1:
        return FakeQuantise(scales.reshape(()).float(), zero.reshape(()).int(), Grid(code))
    return FakeQuantise(scales.float(), zero.int().expand(scales.shape).contiguous(), Grid(code, axis))


def _as_it_is(call: Call, node: fx.Node) -> Given:
    value = call.outputs[0]
    return Given(value.name or "", int(value.dtype or 1), shape_of(value), node)


def _weight(data: Given, scale: Given, rounding: FakeQuantise) -> Given:
    name = next((data.name.removesuffix(end) for end in _SUFFIXES if data.name.endswith(end)), data.name)
    read = functools.partial(_dequantised, data, rounding, torch_dtype(scale.code))
    given = Given(name, scale.code, data.shape, read=read, stored=True, uses=0)
    if data.code != _BIAS:
        given.rounded = functools.partial(_rounded, rounding)
    return given


def _dequantised(data: Given, rounding: FakeQuantise, dtype: torch.dtype) -> Tensor:
    value, axis = data.value(), rounding.grid.axis
    shape = [1] * value.ndim
    if axis is not None:
        shape[axis] = -1
    with unwatched():  # four times as many bytes as the integers have, which are held already
        real = value.float().sub_(rounding.zero_point.reshape(shape)).mul_(rounding.scale.reshape(shape))
        return real.to(dtype)


def _rounded(rounding: FakeQuantise, layer: nn.Module | None, layout: str) -> nn.Module:
    """Give a layer that rounds its weight; without a layer, what rounds a tensor."""
    if layer is None:
        return rounding
    axis = rounding.grid.axis
    if layout == "transposed" and axis is not None:
        rounding = FakeQuantise(rounding.scale, rounding.zero_point, Grid(rounding.grid.code, 1 - axis))
    return with_rounding_(layer, rounding) if layout in ("same", "transposed") else layer
