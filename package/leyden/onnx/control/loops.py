"""Loop: a graph that is called again and again with what it gave before."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, final

import onnx_ir as ir
from torch import Tensor, fx, nn

from leyden.errors import OnnxImportError
from leyden.onnx.control.bodies import Piece, captured, lowered, number, outputs, place
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given

__all__ = ["Loop", "loop"]


@final
class Loop(nn.Module):
    """Calls a network again and again.

    Args:
        body: Takes the number of the round, the condition, the carried values and the captured ones; gives the
            condition, the carried values, and a piece of each list.
        pieces: What is put together of all rounds.
        watches: Whether the condition can change from round to round.
    """

    def __init__(self, body: fx.GraphModule, pieces: Sequence[Piece], *, watches: bool) -> None:
        super().__init__()
        self.body = body
        self.pieces = tuple(pieces)
        self.watches = watches

    def forward(
        self, trips: int | None, condition: Tensor | bool, carried: Sequence[Any], taken: Sequence[Any]
    ) -> tuple[Any, ...]:
        """Give the carried values after the last round, and the pieces of all rounds.

        Args:
            trips: How many rounds there are at most; None for as many as the condition says.
            condition: Whether there is a first round.
            carried: Values for the first round.
            taken: Values from outside, the same in each round.
        """
        values, lists = tuple(carried), [[] for _ in self.pieces]
        device = next((value.device for value in (*values, *taken) if isinstance(value, Tensor)), None)
        goes_on = bool(condition)
        for index in _rounds(trips):
            if not goes_on:
                break
            kept, *given = self.body(index, goes_on, *values, *taken)
            values = tuple(given[: len(values)])
            for pieces, piece in zip(lists, given[len(values) :], strict=True):
                pieces.append(piece)
            if self.watches:
                goes_on = bool(kept)
        return (*values, *(piece.join(parts, device) for piece, parts in zip(self.pieces, lists, strict=True)))


@maker("Loop")
def loop(call: Call) -> Sequence[Given]:
    """Make a module of a body that is called as often as its inputs say.

    Raises:
        OnnxImportError: Neither a number of rounds nor a condition ever ends it.
    """
    graph: ir.Graph = call.attributes["body"]
    carried = list(call.inputs[2:])
    first = [Given("iteration", 7, (), numbers=True), Given("condition", 9, (), numbers=True)]
    body, known = lowered(call, graph, [*first, *(_type_only(given) for given in carried)])
    trips, condition = number(call, 0), number(call, 1)
    watches = condition is not None and _changes(graph, known[0])
    if trips is None and condition in (None, True, 1) and not watches:
        raise OnnxImportError(
            f"node {call.name!r}: this Loop has no number of rounds, and a condition that never ends it"
        )
    pieces = [Piece.of(given) for given in known[1 + len(carried) :]]
    module = Loop(body.finish((0,) if known[0].numbers else ()), pieces, watches=watches)
    values = tuple(None if given is None else call.builder.tensor(given) for given in carried)
    goes = True if condition is None else condition
    node = place(call, module, "loop", (trips, goes, values, captured(body)))
    ends = [Given(given.name, given.code) for given in known[1 : 1 + len(carried)]]
    lists = [
        Given(given.name, given.code, (None, *given.shape) if given.shape is not None else None)
        for given in known[1 + len(carried) :]
    ]
    return outputs(call, node, [*ends, *lists])


def _rounds(trips: int | None) -> Iterator[int] | range:
    return count() if trips is None else range(trips)


def _type_only(given: Given | None) -> Given:
    """Forget the shape of a carried value: it may be another in each round."""
    return Given("", 0 if given is None else given.code)


def _changes(graph: ir.Graph, condition: Given) -> bool:
    """Say whether the condition that a body gives may be another one than it was given."""
    if condition.is_constant:
        return not condition.literal()
    value: ir.Value | None = graph.outputs[0]
    while value is not None and value is not graph.inputs[1]:
        node = value.producer()
        value = node.inputs[0] if node is not None and node.op_type in ("Identity", "Cast") else None
    return value is None
