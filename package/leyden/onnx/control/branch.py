"""If: one of two graphs, chosen when the network is made or when it runs."""

from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor, fx, nn

from leyden.onnx.control.bodies import captured, lowered, number, outputs, place
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given

__all__ = ["Branch", "choose"]

_FEW = 64  # elements that may become Python numbers


@final
class Branch(nn.Module):
    """Two networks, one of which is called.

    Args:
        then: Called if the condition holds.
        otherwise: Called if it does not.
    """

    def __init__(self, then: fx.GraphModule, otherwise: fx.GraphModule) -> None:
        super().__init__()
        self.then = then
        self.otherwise = otherwise

    def forward(self, condition: Tensor | bool, then: Sequence[Any], otherwise: Sequence[Any]) -> tuple[Any, ...]:
        """Give what one of the networks gives for its values; while torch compiles or exports, both are kept."""
        if isinstance(condition, Tensor) and torch.compiler.is_compiling():
            return torch.cond(condition.any(), lambda: self.then(*then), lambda: self.otherwise(*otherwise), ())
        return self.then(*then) if condition else self.otherwise(*otherwise)


@maker("If")
def choose(call: Call) -> Sequence[Given]:
    """Take a branch into the network if the condition is known; make a module of both if it is not."""
    then, otherwise = call.attributes["then_branch"], call.attributes["else_branch"]
    given = call.inputs[0]
    known = given is not None and (given.is_constant or given.numbers)
    condition = number(call, 0) if known else call.tensor(0)
    if isinstance(condition, bool | int | float):
        return [_alone(call, given) for given in call.builder.inline(then if condition else otherwise)]
    one, ours = lowered(call, then)
    other, theirs = lowered(call, otherwise)
    pairs = list(zip(ours, theirs, strict=True))
    plain = [at for at, pair in enumerate(pairs) if _are_numbers(*pair)]
    branch = Branch(one.finish(plain), other.finish(plain))
    node = place(call, branch, "branch", (condition, captured(one), captured(other)))
    return outputs(call, node, [_common(*pair) for pair in pairs], plain)


def _alone(call: Call, given: Given) -> Given:
    """Keep a weight that others use, too, one weight: what a node gives is otherwise described as something new."""
    if given.stored or not given.is_weight or given.uses < 2:
        return given
    return Given(given.name, given.code, given.shape, call.builder.tensor(given))


def _are_numbers(one: Given, other: Given) -> bool:
    """Say whether a value is Python numbers whichever it is: sizes stay symbolic that way."""
    return (one.numbers or other.numbers) and all(
        given.numbers or (given.is_constant and (given.rank or 0) < 2 and (given.size or 0) < _FEW)
        for given in (one, other)
    )


def _common(one: Given, other: Given) -> Given:
    """Say what is known of a value that is one of two."""
    shape = None
    if one.shape is not None and other.shape is not None and len(one.shape) == len(other.shape):
        shape = tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True))
    return Given(one.name, one.code or other.code, shape)
