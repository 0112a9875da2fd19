"""Activations in pieces: SiLU, Hardswish, Mish, and both kinds of GELU."""

import math
from collections.abc import Callable

import onnx_ir as ir
from torch import fx, nn
from torch.nn import functional

from leyden.onnx.layers.decomposed.pieces import Factors, factors, maker_of, near, number, operand
from leyden.onnx.lower.call import Call

__all__ = ["activation"]


def activation(call: Call) -> fx.Node | None:
    """Make an activation of the product, or quotient, that it ends in; a function where the file says it was one."""
    parts = factors(call, call.node)
    if parts is None or len(parts.values) != 2 or len({*parts.values}) != 2:
        return None
    for x, gate in (parts.values, parts.values[::-1]):
        made = _recognised(call, parts, x, gate)
        if made is not None:
            layer, function, settings, count = made
            data = call.builder.tensor(call.builder.require(x))
            path = call.place(type(layer), nodes=count)
            return call.function(function, data, **settings) if path is None else call.module(layer, data, path=path)
    return None


_Made = tuple[nn.Module, Callable[..., object], dict[str, str], int]


def _recognised(call: Call, parts: Factors, x: ir.Value, gate: ir.Value) -> _Made | None:
    """Say which activation `scale * x * gate` is, and of how many nodes."""
    count = len(parts.nodes)
    if near(parts.scale, 1):
        if _takes(gate, x, "Sigmoid"):
            return nn.SiLU(), functional.silu, {}, count + 1
        hard = _takes(gate, x, "HardSigmoid")
        if hard and near(hard.attributes.get_float("alpha", 0.2), 1 / 6):
            return (nn.Hardswish(), functional.hardswish, {}, count + 1) if _half(hard) else None
        tanh = maker_of(gate, "Tanh")
        if tanh is not None and _takes(tanh.inputs[0], x, "Softplus"):
            return nn.Mish(), functional.mish, {}, count + 2
    if near(parts.scale, 1 / 6) and _is_clipped(call, gate, x):
        return nn.Hardswish(), functional.hardswish, {}, count + 2
    if near(parts.scale, 0.5):
        return _gelu(call, x, gate, count)
    return None


def _takes(value: ir.Value | None, x: ir.Value, op: str) -> ir.Node | None:
    node = maker_of(value, op)
    return node if node is not None and node.inputs[0] is x else None


def _half(node: ir.Node) -> bool:
    return near(node.attributes.get_float("beta", 0.5), 0.5)


def _is_clipped(call: Call, gate: ir.Value, x: ir.Value) -> bool:
    clip = maker_of(gate, "Clip")
    add = None if clip is None else maker_of(clip.inputs[0], "Add")
    if clip is None or add is None or number(call, operand(add, x)) != 3:
        return False
    if len(clip.inputs) == 3:
        return number(call, clip.inputs[1]) == 0 and number(call, clip.inputs[2]) == 6
    return clip.attributes.get_float("min", -1) == 0 and clip.attributes.get_float("max", -1) == 6


def _gelu(call: Call, x: ir.Value, gate: ir.Value, count: int) -> _Made | None:
    """Recognise the gate `1 + erf(x / sqrt(2))`, or `1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))`."""
    add = maker_of(gate, "Add")
    for value in () if add is None else add.inputs:
        curve = maker_of(value, "Erf", "Tanh")
        if curve is None or add is None or number(call, operand(add, value)) != 1:
            continue
        inside = maker_of(curve.inputs[0], "Mul", "Div")
        parts = None if inside is None else factors(call, inside)
        if parts is None or len(parts.values) != 1:
            continue
        nodes = count + 2 + len(parts.nodes)
        if curve.op_type == "Erf" and parts.values[0] is x and near(parts.scale, math.sqrt(0.5)):
            return nn.GELU(), functional.gelu, {}, nodes
        more = _cubic(call, parts.values[0], x)
        if curve.op_type == "Tanh" and more and near(parts.scale, math.sqrt(2 / math.pi)):
            return nn.GELU("tanh"), functional.gelu, {"approximate": "tanh"}, nodes + more
    return None


def _cubic(call: Call, value: ir.Value, x: ir.Value) -> int:
    """Count the nodes of `x + 0.044715 * x ** 3`; zero if it is something else."""
    add = maker_of(value, "Add")
    term = None if add is None else maker_of(operand(add, x), "Mul")
    parts = None if term is None else factors(call, term)
    if parts is None or not near(parts.scale, 0.044715):
        return 0
    if parts.values == [x, x, x]:
        return 1 + len(parts.nodes)
    power = maker_of(parts.values[0], "Pow") if len(parts.values) == 1 else None
    return 2 + len(parts.nodes) if power and power.inputs[0] is x and number(call, power.inputs[1]) == 3 else 0
