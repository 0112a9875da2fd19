"""Tables of vectors, and slopes of activations: layers with one weight."""

from torch import Tensor, fx, nn

from leyden.onnx.layers.bare import bare, filled
from leyden.onnx.lower.call import Call, maker

__all__ = ["embedding", "prelu"]


@maker("Gather")
def embedding(call: Call) -> fx.Node | None:
    """Make an Embedding of a Gather of rows of a known matrix; of one by torch only where it was one.

    Indices below zero, which count from the end for ONNX, are refused by the layer.
    """
    table, indices = call.constant(0), call.given(1)
    if table is None or not table.stored or not table.is_weight or len(table.sizes or ()) != 2:
        return None
    if indices is None or indices.node is None or indices.numbers or call.attributes.get("axis", 0) not in (0, -2):
        return None
    ours = call.builder.names.from_torch or (isinstance(indices.node, fx.Node) and indices.node.op == "placeholder")
    path = call.place(nn.Embedding, 0)
    weights = call.own(0) if ours and path is not None and table.sizes is not None else None
    if weights is None:
        return None
    rows, wide = weights[0].shape
    layer = filled(bare(lambda: nn.Embedding(rows, wide)), weight=weights[0])
    return call.module(layer, call.tensor(1), weight=0, path=path)


@maker("PRelu")
def prelu(call: Call) -> fx.Node | None:
    """Make a PReLU of one with known slopes: a single one, or one for each channel."""
    data, slope = call.given(0), call.constant(1)
    if data is None or slope is None or slope.sizes is None:
        return None
    rank, count = data.rank or len(slope.sizes), slope.size or 0
    full = (1,) * (rank - len(slope.sizes)) + slope.sizes
    path = call.place(nn.PReLU, 1)
    if path is None or rank < 2 or (count != 1 and full != (1, count, *(1,) * (rank - 2))):
        return None
    whole = slope.whole or slope
    plain = whole.sizes == (count,)
    weights = call.builder.weights.own(whole, layout="same" if plain else "flat", make=None if plain else _flat)
    if weights is None:
        return None
    layer = filled(bare(lambda: nn.PReLU(count)), weight=weights[0])
    return call.module(layer, call.tensor(0), weight=1, path=path)


def _flat(slope: Tensor) -> tuple[Tensor]:
    return (slope.reshape(-1),)
