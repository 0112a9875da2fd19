"""LSTM, GRU and RNN whose weights are known, as layers."""

import operator as python
from collections.abc import Sequence

import onnx_ir as ir
import torch
from torch import Tensor, fx, nn

from leyden.onnx.layers.bare import bare
from leyden.onnx.layers.decomposed.pieces import maker_of
from leyden.onnx.layers.stacking import beneath, stacked, without_directions
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.reading import to_torch
from leyden.onnx.ops.recurrent.kernel import reorder
from leyden.onnx.ops.recurrent.plan import Plan, kernel_of

__all__ = ["batch_second", "is_zero", "recurrent", "with_directions"]

_LAYERS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}
_SEQUENCE_LENS, _STATES, _PEEPHOLES = 4, (5, 6), 7  # positions of inputs
_SHAPING = ("Expand", "Identity", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze")


@maker("LSTM", "GRU", "RNN")
def recurrent(call: Call) -> fx.Node | None:
    """Make an LSTM, GRU or RNN of a node that torch's layer computes alike, with weights that nobody else uses.

    Nodes around it that only bring axes into another order, as torch's exporter writes them, are part of the layer.
    """
    plan = _plan(call)
    kernel = kernel_of(plan)
    known = [call.constant(place) for place in (1, 2, 3)]
    unsuited = call.given(_SEQUENCE_LENS) is not None or call.given(_PEEPHOLES) is not None
    if kernel is None or unsuited or (call.given(3) is not None and known[2] is None):
        return None
    sizes = [given.sizes for given in known[:2] if given is not None]
    if len(sizes) < 2 or sizes[0] is None or sizes[1] is None:
        return None
    if any(given is not None and (given.uses > 1 or given.rounded is not None) for given in known):
        return None
    layer = _filled(call, plan, _layer(plan, kernel, inward=sizes[0][2], hidden=sizes[1][2], bias=known[2] is not None))
    return None if layer is None else _called(call, plan, layer)


def _called(call: Call, plan: Plan, layer: nn.RNNBase) -> fx.Node:
    """Call a layer, and give what it gives as the node does, or as the nodes that follow do."""
    data, time = call.tensor(0), int(plan.batch_first)
    backward, directions = plan.direction == "reverse", len(plan.backward())
    states = _states(call, plan)
    call.outputs = _taken(call.outputs)
    alone = len(call.outputs) == 1 and not backward and not plan.batch_first
    if alone and without_directions(call, directions=directions, hidden=layer.hidden_size):
        out = None if states else beneath(call, layer)
        if out is not None:
            return stacked(call, out, layer)
        return call.function(python.getitem, call.module(layer, data, *states, weight=1), 0)
    data = call.function(torch.flip, data, (time,)) if backward else data
    settings = {"count": len(call.outputs), "directions": directions, "batch_first": plan.batch_first}
    result = call.module(layer, data, *states, weight=1)
    return call.function(with_directions, result, backward=backward, **settings)


def _taken(outputs: tuple[ir.Value, ...]) -> tuple[ir.Value, ...]:
    """Leave out the last outputs as long as nobody takes them."""
    count = len(outputs)
    while count > 1 and not outputs[count - 1].is_graph_output() and not tuple(outputs[count - 1].uses()):
        count -= 1
    return outputs[:count]


def with_directions(
    result: tuple[Tensor, Tensor | tuple[Tensor, Tensor]], *, count: int, directions: int, batch_first: bool,
    backward: bool,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Give what torch's recurrent layers give as ONNX has it: directions on an axis of their own.

    Args:
        result: What the layer gave: outputs, and last states.
        count: How many outputs are wanted; one is given alone, more as a tuple.
        directions: One or two.
        batch_first: Whether the batch comes before time and direction.
        backward: Whether the time of the only direction was turned around.

    Examples:
        >>> layer = torch.nn.GRU(3, 4, bidirectional=True)
        >>> result = layer(torch.zeros(5, 1, 3))
        >>> with_directions(result, count=1, directions=2, batch_first=False, backward=False).shape
        torch.Size([5, 2, 1, 4])
    """
    out, last = result
    out = out.flip(int(batch_first)) if backward else out
    out = out.unflatten(2, (directions, -1))
    out = out if batch_first else out.transpose(1, 2)
    if count == 1:
        return out
    states = (last,) if isinstance(last, Tensor) else last
    return (out, *(state.transpose(0, 1) if batch_first else state for state in states))[:count]


def batch_second(state: Tensor) -> Tensor:
    """Turn a state with its batch first into one that torch's layers take: direction, batch, feature."""
    return state.transpose(0, 1).contiguous()


def _plan(call: Call) -> Plan:
    settings = call.attributes
    return Plan(
        call.op, settings.get("activations"), settings.get("activation_alpha"), settings.get("activation_beta"),
        settings.get("clip"), settings.get("direction", "forward"), bool(settings.get("layout", 0)),
        bool(settings.get("input_forget", 0)), bool(settings.get("linear_before_reset", 0)),
    )  # fmt: skip


def _layer(plan: Plan, kernel: str, *, inward: int, hidden: int, bias: bool) -> nn.RNNBase:
    both = plan.direction == "bidirectional"
    if kernel == "RNN_RELU":
        return bare(lambda: nn.RNN(inward, hidden, 1, "relu", bias, batch_first=plan.batch_first, bidirectional=both))
    make = _LAYERS[plan.kind]
    return bare(lambda: make(inward, hidden, bias=bias, batch_first=plan.batch_first, bidirectional=both))


def _filled(call: Call, plan: Plan, layer: nn.RNNBase) -> nn.RNNBase | None:
    """Give a layer its weights, in place; None if one of them is no parameter."""

    def matrices(weight: Tensor) -> Sequence[Tensor]:
        return [reorder(part, plan.kind) for part in weight]

    def biases(weight: Tensor) -> Sequence[Tensor]:
        return [reorder(half, plan.kind) for part in weight for half in part.chunk(2)]

    ends = ["", "_reverse"][: len(plan.backward())]
    names = [[f"weight_{which}_l0{end}" for end in ends] for which in ("ih", "hh")]
    names += [[f"bias_{which}_l0{end}" for end in ends for which in ("ih", "hh")]] if layer.bias else []
    for place, paths in enumerate(names, start=1):
        make = matrices if place < 3 else biases
        parameters = call.own(place, layout=f"{plan.kind} {'matrix' if place < 3 else 'bias'}", make=make)
        if parameters is None:
            return None
        for name, parameter in zip(paths, parameters, strict=True):
            setattr(layer, name, parameter)  # the layer keeps a list of its weights, which `register_parameter` misses
    return layer


def _states(call: Call, plan: Plan) -> tuple[fx.Node | tuple[fx.Node, ...], ...]:
    """Give the first states as the layer takes them; nothing where they are zeros."""
    places = _STATES if plan.kind == "LSTM" else _STATES[:1]
    nodes = [None if is_zero(call, place) else call.tensor(place) for place in places]
    given = next((node for node in nodes if node is not None), None)
    if given is None:
        return ()
    nodes = [call.function(torch.zeros_like, given) if node is None else node for node in nodes]
    ready = tuple(call.function(batch_second, node) if plan.batch_first else node for node in nodes)
    return (ready,) if plan.kind == "LSTM" else ready


def is_zero(call: Call, place: int) -> bool:
    """Say whether a first state is left out or zero, whatever shape it is brought into."""
    value = call.node.inputs[place] if place < len(call.node.inputs) else None
    given = call.given(place)
    while given is not None and not given.is_constant:
        made = maker_of(value, "ConstantOfShape", *_SHAPING)
        if made is None:
            return False
        if made.op_type == "ConstantOfShape":
            filling = made.attributes.get("value")
            return filling is None or not bool(to_torch(filling.as_tensor()).any())
        value = made.inputs[0]
        given = call.builder.given(value)
    return given is None or not bool(given.value().any())
