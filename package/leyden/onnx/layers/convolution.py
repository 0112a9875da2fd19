"""Convolutions whose weights are known, as layers."""

from torch import fx, nn

from leyden.onnx.layers.bare import bare, filled
from leyden.onnx.lower.call import Call, maker

__all__ = ["convolution"]

_CLASSES = {3: nn.Conv1d, 4: nn.Conv2d, 5: nn.Conv3d}


@maker("Conv")
def convolution(call: Call) -> fx.Node | None:
    """Make a Conv1d, Conv2d or Conv3d of a Conv with a known kernel and the same padding on both sides."""
    kernel, bias = call.constant(1), call.constant(2)
    if kernel is None or kernel.sizes is None or (call.given(2) is not None and bias is None):
        return None
    make, axes = _CLASSES.get(len(kernel.sizes)), len(kernel.sizes) - 2
    pads = call.attributes.get("pads", (0,) * 2 * axes)
    if make is None or call.attributes.get("auto_pad", "NOTSET") != "NOTSET" or pads[:axes] != pads[axes:]:
        return None
    weights, biases = call.own(1), call.own(2)
    if weights is None or (bias is not None and biases is None):
        return None
    out, inward, *sizes = kernel.sizes
    groups = call.attributes.get("group", 1)
    strides = call.attributes.get("strides", (1,) * axes)
    dilations = call.attributes.get("dilations", (1,) * axes)
    layer = bare(
        lambda: make(
            inward * groups, out, tuple(sizes), stride=strides, padding=pads[:axes], dilation=dilations, groups=groups,
            bias=bias is not None,
        )
    )  # fmt: skip
    layer = filled(layer, weight=weights[0], bias=biases[0] if biases else None)
    return call.module(layer, call.tensor(0), weight=1)
