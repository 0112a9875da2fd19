"""Products with known matrices, as Linear layers."""

import torch
from torch import fx, nn
from torch.nn import functional

from leyden.onnx.layers.bare import bare, filled, fits
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given

__all__ = ["bias_behind", "gemm", "matmul"]


@maker("Gemm")
def gemm(call: Call) -> fx.Node | None:
    """Make a Linear of a Gemm with a known matrix B, and with a known C of one axis or without it."""
    matrix, bias = call.constant(1), call.constant(2)
    settings = call.attributes
    plain = settings.get("alpha", 1.0) == 1 and settings.get("beta", 1.0) == 1 and not settings.get("transA", 0)
    if matrix is None or matrix.sizes is None or not plain or (call.given(2) is not None and bias is None):
        return None
    turned = not settings.get("transB", 0)
    wide, deep = matrix.sizes if turned else matrix.sizes[::-1]
    path = call.place(nn.Linear, 1)
    if path is None or (bias is not None and bias.sizes != (deep,)) or not fits(call, bias, path):
        return None
    weights, biases = _weights(call, matrix, turned=turned), call.own(2)
    if weights is None or (bias is not None and biases is None):
        return None
    layer = bare(lambda: nn.Linear(wide, deep, bias=bias is not None))
    layer = filled(layer, weight=weights[0], bias=biases[0] if biases else None)
    return call.module(layer, call.tensor(0), weight=1, path=path)


@maker("MatMul")
def matmul(call: Call) -> fx.Node | None:
    """Make a Linear of a MatMul with a known matrix, and of the Add of a known bias that follows it.

    Where torch says that the matrix is no layer's, as that of its attention, it stays so and the product is linear.
    """
    matrix = call.constant(1)
    if matrix is None or matrix.sizes is None or len(matrix.sizes) != 2 or call.inputs[0] is None:
        return None
    path = call.place(nn.Linear, 1)
    wide, deep = matrix.sizes
    if path is None:
        return _free(call, matrix)
    weights = _weights(call, matrix, turned=True)
    if weights is None:
        return None
    data, (add, bias) = call.tensor(0), bias_behind(call, deep)
    biases = call.builder.weights.own(bias) if bias is not None and fits(call, bias, path) else None
    layer = bare(lambda: nn.Linear(wide, deep, bias=biases is not None))
    layer = filled(layer, weight=weights[0], bias=biases[0] if biases else None)
    if add is not None and biases is not None:
        call.absorb(add)
    return call.module(layer, data, weight=1, path=path)


def _weights(call: Call, matrix: Given, *, turned: bool) -> tuple[nn.Parameter, ...] | None:
    """Give the weight of a Linear: the matrix turned, or as it is; the weight itself if that is shown turned."""
    whole = matrix.whole or matrix
    same = matrix.order == "same" and matrix.sizes == whole.sizes
    if not same and matrix.order != "turned":
        return call.own(1, layout="transposed", invert=torch.t) if turned else call.own(1)
    if same is not turned:
        return call.builder.weights.own(whole)
    return call.builder.weights.own(whole, layout="transposed", invert=torch.t)


def bias_behind(call: Call, deep: int) -> tuple[Call | None, Given | None]:
    """Find the bias that is added to a product, and the node that adds it."""
    add = call.follower("Add")
    if add is None or (call.builder.names.from_torch and add.scope != call.scope):
        return None, None
    known = [given for given in add.inputs if given is not None and given.is_constant and given.sizes == (deep,)]
    return (add, known[0]) if known else (None, None)


def _free(call: Call, matrix: Given) -> fx.Node | None:
    if matrix.order != "turned" or matrix.whole is None:
        return None
    data, weight = call.tensor(0), call.builder.tensor(matrix.whole)
    add, bias = bias_behind(call, (matrix.sizes or (0, 0))[1])
    if add is None or bias is None:
        return call.function(functional.linear, data, weight)
    call.absorb(add)
    return call.function(functional.linear, data, weight, call.builder.tensor(bias))
