"""Normalisations whose weights are known, as layers."""

import math

import torch
from torch import fx, nn

from leyden.onnx.layers.bare import bare, decimal, filled, fits, is_filler
from leyden.onnx.lower.call import Call, maker

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm"]

_BATCH = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}
_INSTANCE = {3: nn.InstanceNorm1d, 4: nn.InstanceNorm2d, 5: nn.InstanceNorm3d}
_FAMILIES = {kind.__name__: kind for kind in (*_BATCH.values(), *_INSTANCE.values())}


@maker("BatchNormalization")
def batch_norm(call: Call) -> fx.Node | None:
    """Make a BatchNorm1d, BatchNorm2d or BatchNorm3d of a BatchNormalization with known weights and statistics."""
    scale, mean, variance = call.constant(1), call.constant(3), call.constant(4)
    make = _kind(call, _BATCH)
    if make is None or scale is None or mean is None or variance is None or call.constant(2) is None:
        return None
    training = call.attributes.get("training_mode", 0) or len(call.outputs) > 1
    if training or not call.attributes.get("spatial", 1) or len(scale.sizes or ()) != 1:
        return None
    if scale.code != mean.code:
        return None  # torch's layer refuses statistics of another type than its weights
    path = call.place(make, 1)
    named = (("bias", 2), ("running_mean", 3), ("running_var", 4))
    if path is None or not all(fits(call, call.given(at), path, name) for name, at in named):
        return None
    weights, biases = call.own(1), call.own(2)
    if weights is None or biases is None:
        return None
    epsilon = decimal(call.attributes.get("epsilon", 1e-5))
    momentum = round(1 - decimal(call.attributes.get("momentum", 0.9)), 7)
    layer = make(len(weights[0]), epsilon, momentum, affine=False, track_running_stats=False)
    for flag in ("affine", "track_running_stats"):
        setattr(layer, flag, True)  # made without, it makes no tensors
    layer = filled(layer, weight=weights[0], bias=biases[0])
    layer.register_buffer("running_mean", mean.value())
    layer.register_buffer("running_var", variance.value())
    layer.register_buffer("num_batches_tracked", torch.zeros((), dtype=torch.int64))
    return call.module(layer, call.tensor(0), weight=1, path=path)


@maker("InstanceNormalization")
def instance_norm(call: Call) -> fx.Node | None:
    """Make an InstanceNorm1d, InstanceNorm2d or InstanceNorm3d of an InstanceNormalization with known weights."""
    data, scale, make = call.given(0), call.constant(1), _kind(call, _INSTANCE)
    if make is None or scale is None or data is None or scale.sizes is None:
        return None
    if data.sizes is not None and math.prod(data.sizes[2:]) == 1:
        return None  # torch's layer refuses what has one element a channel
    channels, epsilon = scale.sizes[0], decimal(call.attributes.get("epsilon", 1e-5))
    return _affine(call, bare(lambda: make(channels, epsilon, affine=True)))


@maker("GroupNormalization")
def group_norm(call: Call) -> fx.Node | None:
    """Make a GroupNorm of a GroupNormalization with known weights, one for each channel: since version 21."""
    scale = call.constant(1)
    if scale is None or scale.sizes is None or call.opset < 21 or call.attributes.get("stash_type", 1) != 1:
        return None
    channels, epsilon = scale.sizes[0], decimal(call.attributes.get("epsilon", 1e-5))
    return _affine(call, bare(lambda: nn.GroupNorm(call.attributes["num_groups"], channels, epsilon)))


@maker("LayerNormalization")
def layer_norm(call: Call) -> fx.Node | None:
    """Make a LayerNorm of a LayerNormalization with known weights of all the axes that it normalises."""
    shape, epsilon = _shape(call), decimal(call.attributes.get("epsilon", 1e-5))
    bias = call.given(2)
    if shape is None or len(call.outputs) > 1 or (bias is not None and bias.sizes != tuple(shape)):
        return None
    return _affine(call, bare(lambda: nn.LayerNorm(shape, epsilon, bias=bias is not None)))


@maker("RMSNormalization")
def rms_norm(call: Call) -> fx.Node | None:
    """Make an RMSNorm of an RMSNormalization with known weights of all the axes that it normalises."""
    shape, epsilon = _shape(call), decimal(call.attributes.get("epsilon", 1e-5))
    return None if shape is None else _affine(call, bare(lambda: nn.RMSNorm(shape, epsilon)))


def _kind(call: Call, kinds: dict[int, type[nn.Module]]) -> type[nn.Module] | None:
    """Choose a class by the number of axes of the data, or by what the file says of the source."""
    data = call.given(0)
    if data is not None and data.rank is not None:
        return kinds.get(data.rank)
    kind = _FAMILIES.get(call.family)
    return kind if kind in kinds.values() else None


def _shape(call: Call) -> list[int] | None:
    """Give the sizes of the axes that are normalised, if they are known, and are those of the weight."""
    data, scale = call.given(0), call.constant(1)
    if data is None or data.rank is None or data.shape is None or scale is None or scale.sizes is None:
        return None
    axis = call.attributes.get("axis", -1) % data.rank
    sizes = zip(data.shape[axis:], scale.sizes, strict=False)
    alike = all(size == own or (not isinstance(size, int) and own > 1) for size, own in sizes)
    if not alike or data.rank - axis != len(scale.sizes) or call.attributes.get("stash_type", 1) != 1:
        return None
    return list(scale.sizes)


def _affine(call: Call, layer: nn.Module) -> fx.Node | None:
    """Give a layer its weight and bias, the second and third input; it has neither if an exporter made them up."""
    bias = call.given(2)
    made_up = is_filler(call, call.given(1), 1) and (bias is None or is_filler(call, bias, 0))
    place = call.place(type(layer), None if made_up else 1)
    if made_up:
        setattr(layer, "elementwise_affine" if isinstance(layer, nn.LayerNorm | nn.RMSNorm) else "affine", False)
        layer = filled(layer, weight=None, bias=None)
        return None if place is None else call.module(layer, call.tensor(0), path=place)
    bias = None if is_filler(call, bias, 0) and isinstance(layer, nn.LayerNorm) else bias
    if place is None or (bias is not None and not bias.is_constant) or not fits(call, bias, place):
        return None
    weights, biases = call.own(1), None if bias is None else call.own(2)
    if weights is None or (bias is not None and biases is None):
        return None
    layer = filled(layer, weight=weights[0])
    layer = layer if isinstance(layer, nn.RMSNorm) else filled(layer, bias=biases[0] if biases else None)
    return call.module(layer, call.tensor(0), weight=1, path=place)
