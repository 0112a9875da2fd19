"""Normalisations whose weights are known, as layers."""

from torch import fx, nn

from leyden.onnx.layers.bare import bare, filled
from leyden.onnx.lower.call import Call, maker

__all__ = ["batch_norm"]

_CLASSES = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}


@maker("BatchNormalization")
def batch_norm(call: Call) -> fx.Node | None:
    """Make a BatchNorm1d, BatchNorm2d or BatchNorm3d of a BatchNormalization with known weights and statistics."""
    data, scale, mean, variance = call.given(0), call.constant(1), call.constant(3), call.constant(4)
    known = scale is not None and mean is not None and variance is not None and call.constant(2) is not None
    make = _CLASSES.get(data.rank or 0) if data is not None else None
    if not known or make is None or len(call.outputs) > 1 or scale is None or scale.sizes is None:
        return None
    weights, biases = call.own(1), call.own(2)
    if weights is None or biases is None or mean is None or variance is None:
        return None
    epsilon, momentum = call.attributes.get("epsilon", 1e-5), 1 - call.attributes.get("momentum", 0.9)
    features = scale.sizes[0]
    layer = filled(bare(lambda: make(features, epsilon, momentum)), weight=weights[0], bias=biases[0])
    layer.register_buffer("running_mean", mean.value())
    layer.register_buffer("running_var", variance.value())
    layer.register_buffer("num_batches_tracked", mean.value().new_zeros((), dtype=layer.num_batches_tracked.dtype))
    return call.module(layer, call.tensor(0), weight=1)
