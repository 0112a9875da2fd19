"""Products with known matrices, as Linear layers."""

import torch
from torch import fx, nn

from leyden.onnx.layers.bare import bare, filled
from leyden.onnx.lower.call import Call, maker

__all__ = ["gemm", "matmul"]


@maker("Gemm")
def gemm(call: Call) -> fx.Node | None:
    """Make a Linear of a Gemm with a known matrix B, and with a known C of one axis or without it."""
    matrix, bias = call.constant(1), call.constant(2)
    sizes = None if matrix is None else matrix.sizes
    settings = call.attributes
    plain = settings.get("alpha", 1.0) == 1 and settings.get("beta", 1.0) == 1 and not settings.get("transA", 0)
    if sizes is None or not plain or (call.given(2) is not None and bias is None):
        return None
    turned = not settings.get("transB", 0)
    wide, deep = sizes if turned else sizes[::-1]
    if bias is not None and bias.sizes != (deep,):
        return None
    weights, biases = _turned(call) if turned else call.own(1), call.own(2)
    if weights is None or (bias is not None and biases is None):
        return None
    layer = bare(lambda: nn.Linear(wide, deep, bias=bias is not None))
    layer = filled(layer, weight=weights[0], bias=biases[0] if biases else None)
    return call.module(layer, call.tensor(0), weight=1)


@maker("MatMul")
def matmul(call: Call) -> fx.Node | None:
    """Make a Linear of a MatMul with a known matrix, and of the Add of a known bias that follows it."""
    matrix = call.constant(1)
    if matrix is None or matrix.sizes is None or len(matrix.sizes) != 2 or call.inputs[0] is None:
        return None
    weights = _turned(call)
    if weights is None:
        return None
    wide, deep = matrix.sizes
    layer = filled(bare(lambda: nn.Linear(wide, deep, bias=False)), weight=weights[0])
    data, add = call.tensor(0), call.follower("Add")
    bias = None if add is None else next((given for given in add.inputs if given and given.is_constant), None)
    biases = call.builder.weights.own(bias) if bias is not None and bias.sizes == (deep,) else None
    if add is not None and biases is not None:
        layer = filled(bare(lambda: nn.Linear(wide, deep)), weight=weights[0], bias=biases[0])
        call.absorb(add)
    return call.module(layer, data, weight=1)


def _turned(call: Call) -> tuple[nn.Parameter, ...] | None:
    return call.own(1, layout="transposed", make=lambda matrix: (matrix.t(),), invert=torch.t)
