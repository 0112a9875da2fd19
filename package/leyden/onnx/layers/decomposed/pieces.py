"""What the nodes say from which a value was computed, looked at from its end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
import onnx_ir as ir

from leyden.onnx.lower.call import Call
from leyden.onnx.lower.given import Given

__all__ = ["Factors", "factors", "integers", "maker_of", "near", "number", "operand", "weight_of"]

_DEEP = 4  # products within products that are looked into


@final
@dataclass
class Factors:
    """A product taken apart.

    Args:
        scale: The numbers in it, multiplied.
        values: The tensors in it.
        nodes: The nodes that multiply.
    """

    scale: float = 1.0
    values: list[ir.Value] = field(default_factory=list)
    nodes: list[ir.Node] = field(default_factory=list)


def maker_of(value: ir.Value | None, *ops: str) -> ir.Node | None:
    """Give the node that gives a value, if it is of one of some operators."""
    node = None if value is None else value.producer()
    return node if node is not None and node.op_type in ops and node.domain in ("", "ai.onnx") else None


def number(call: Call, value: ir.Value | None) -> float | None:
    """Give a value that is one number and known beforehand."""
    given = None if value is None or maker_of(value, "Mul", "Add") is not None else call.builder.given(value)
    if given is None or not given.is_constant or given.size != 1:
        return None
    literal = given.literal()
    while isinstance(literal, tuple):
        literal = literal[0]
    return float(literal)


def integers(call: Call, value: ir.Value | None) -> tuple[int, ...] | None:
    """Give a value that is whole numbers along one axis and known beforehand."""
    given = None if value is None else call.builder.given(value)
    if given is None or not given.is_constant or given.rank != 1:
        return None
    return tuple(int(part) for part in given.literal())


def weight_of(call: Call, value: ir.Value | None) -> Given | None:
    """Give what is known of a value that is known beforehand and has axes."""
    given = None if value is None else call.builder.given(value)
    return given if given is not None and given.is_constant and given.sizes else None


def operand(node: ir.Node, value: ir.Value | None) -> ir.Value | None:
    """Give the other one of two inputs; None if the first is none of them."""
    if len(node.inputs) != 2 or value not in node.inputs:
        return None
    return node.inputs[1] if node.inputs[0] is value else node.inputs[0]


def factors(call: Call, node: ir.Node) -> Factors | None:
    """Take a product, or a quotient by a number, apart; None if it is neither."""
    found = Factors()
    return found if _gather(call, node, found, _DEEP) else None


def near(one: float, other: float) -> bool:
    """Say whether two numbers are the same but for rounding to 24 bits or to eight decimal digits."""
    return math.isclose(one, other, rel_tol=4 * float(np.finfo(np.float32).eps))


def _gather(call: Call, node: ir.Node, found: Factors, depth: int) -> bool:
    found.nodes.append(node)
    left: Sequence[ir.Value | None] = node.inputs
    if node.op_type == "Div":
        divisor = number(call, node.inputs[1])
        if not divisor:
            return False
        found.scale /= divisor
        left = node.inputs[:1]
    for value in left:
        if value is None:
            return False
        scale, inner = number(call, value), maker_of(value, "Mul", "Div")
        if scale is not None:
            found.scale *= scale
        elif inner is None or len(tuple(value.uses())) != 1 or not depth or not _gather(call, inner, found, depth - 1):
            found.values.append(value)
    return True
