"""Layers that lie on each other, which a file has as a node each, and the nodes around them: one layer of torch."""

import operator as python
from collections.abc import Callable
from typing import Any, cast

from torch import fx, nn

from leyden.onnx.layers.bare import bare
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.ops.shaping.layout import axis_size, transpose

__all__ = ["batch_before_time", "beneath", "stacked", "without_directions"]

_SIZES = ("Shape", "Size")
_SWAP = (1, 0, 2)


def without_directions(call: Call, *, directions: int, hidden: int) -> bool:
    """Absorb the nodes that join directions and features of the only output, so that it is that of torch's layer.

    Args:
        call: The recurrent node, whose batch does not come first.
        directions: One or two.
        hidden: How many features a direction has.

    Returns:
        Whether there are such nodes.
    """
    squeeze = call.follower("Squeeze") if directions == 1 else None
    if squeeze is not None and _is_second(squeeze):
        call.absorb(squeeze)
        return True
    turned = call.follower("Transpose")
    joined = turned.follower("Reshape") if turned is not None and _perm(turned) == (0, 2, 1, 3) else None
    if turned is None or joined is None or not _joins(joined, directions * hidden):
        return False
    call.absorb(turned)
    call.absorb(joined)
    return True


def beneath(call: Call, layer: nn.RNNBase) -> fx.Node | None:
    """Find the output of the layer that a layer lies on, where both are of one module and nobody else takes it.

    Args:
        call: The recurrent node that becomes the upper layer.
        layer: That layer.
    """
    value, given = call.node.inputs[0], call.given(0)
    out = None if given is None else given.node
    found = _source(call, out)
    if found is None or value is None or not call.scope or not call.builder.names.from_torch:
        return None
    below, lower = found
    others = [use.node for use in value.uses() if use.node is not call.node]
    if value.is_graph_output() or not all(node.op_type in _SIZES and call.builder.has_made(node) for node in others):
        return None
    same = all(
        getattr(lower, name) == getattr(layer, name) for name in ("mode", "hidden_size", "bias", "bidirectional")
    )
    wide = lower.hidden_size * (2 if lower.bidirectional else 1)
    origin = below.meta["onnx"]
    fits = same and layer.input_size == wide and not lower.batch_first and origin.scope == call.scope
    return out if fits else None


def stacked(call: Call, out: fx.Node, layer: nn.RNNBase) -> fx.Node:
    """Put a layer onto the one whose output it takes, in place: what gave the output of that gives its output."""
    found = _source(call, out)
    assert found is not None
    below, lower = found
    make = cast("Callable[..., nn.RNNBase]", type(lower))
    count, inward, hidden = lower.num_layers, lower.input_size, lower.hidden_size
    kind: dict[str, Any] = {"nonlinearity": lower.nonlinearity} if isinstance(lower, nn.RNN) else {}
    kind |= {"num_layers": count + 1, "bias": lower.bias, "bidirectional": lower.bidirectional}
    pile = bare(lambda: make(inward, hidden, **kind))
    for name, parameter in lower.named_parameters():
        setattr(pile, name, parameter)
    for name, parameter in layer.named_parameters():
        setattr(pile, name.replace("_l0", f"_l{count}"), parameter)
    call.builder.root.set_submodule(str(below.target), pile)
    return out


@maker("Transpose")
def batch_before_time(call: Call) -> fx.Node | None:
    """Have a recurrent layer take and give its batch first, instead of turning what it takes and what it gives."""
    value, given = call.node.inputs[0], call.given(0)
    found = None if given is None else _source(call, given.node)
    if found is None or value is None or given is None or _perm(call) != _SWAP:
        return None
    below, layer = found
    turned, out = below.args[0], given.node
    if layer.batch_first or not isinstance(turned, fx.Node) or turned.target is not transpose:
        return None
    alone = len(tuple(value.uses())) == 1 and not value.is_graph_output()
    if not alone or turned.kwargs.get("perm") != _SWAP or any(user.target is not axis_size for user in out.users):
        return None
    for user in out.users:
        user.args = (out, _SWAP[user.args[1]])
    below.args = (turned.args[0],)
    layer.batch_first = True
    return out


def _source(call: Call, out: object) -> tuple[fx.Node, nn.RNNBase] | None:
    """Give the call of a recurrent layer, without first states, of which only the output was taken, and the layer."""
    if not isinstance(out, fx.Node) or out.target is not python.getitem or out.args[1] != 0:
        return None
    below = out.args[0]
    if not isinstance(below, fx.Node) or below.op != "call_module" or len(below.args) != 1 or len(below.users) != 1:
        return None
    layer = call.builder.root.get_submodule(str(below.target))
    return (below, layer) if isinstance(layer, nn.RNNBase) else None


def _perm(call: Call) -> tuple[int, ...]:
    return tuple(call.attributes.get("perm", ()))


def _is_second(squeeze: Call) -> bool:
    """Say whether a Squeeze leaves out the second of four axes."""
    given = squeeze.constant(1)
    axes = squeeze.attributes.get("axes") if given is None else given.literal()
    return axes in ((1,), (-3,), 1, -3)


def _joins(reshape: Call, wide: int) -> bool:
    """Say whether a Reshape of time, batch, direction and feature joins the last two."""
    shape, data = reshape.constant(1), reshape.given(0)
    sizes = () if shape is None else shape.literal()
    if data is None or data.rank != 4 or data.shape is None or len(sizes) != 3 or sizes.count(-1) > 1:
        return False
    zero = (0,) if not reshape.attributes.get("allowzero", 0) else ()
    kept = all(size in (*zero, -1, known) for size, known in zip(sizes[:2], data.shape[:2], strict=True))
    return kept and sizes[2] in (-1, wide)
