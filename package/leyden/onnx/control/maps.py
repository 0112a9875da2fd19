"""SequenceMap: a graph that is called with each element of a list."""

from collections.abc import Sequence
from typing import Any, final

from torch import fx, nn

from leyden.onnx.control.bodies import captured, lowered, outputs, place
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given

__all__ = ["Each", "each"]


@final
class Each(nn.Module):
    """Calls a network with each element of a list, and collects what it gives in lists.

    Args:
        body: Takes an element of each list, or a whole tensor, and the captured values.
        count: How many values it gives.
    """

    def __init__(self, body: fx.GraphModule, count: int) -> None:
        super().__init__()
        self.body = body
        self.count = count

    def forward(self, inputs: Sequence[Any], taken: Sequence[Any]) -> tuple[list[Any], ...]:
        """Give a list for each value of the network."""
        rows = [
            self.body(*(value[index] if isinstance(value, list | tuple) else value for value in inputs), *taken)
            for index in range(len(inputs[0]))
        ]
        return tuple([row[at] for row in rows] for at in range(self.count))


@maker("SequenceMap")
def each(call: Call) -> Sequence[Given]:
    """Make a module of a body that is called with each element."""
    body, known = lowered(call, call.attributes["body"], [Given("", given.code) for given in call.inputs if given])
    values = tuple(call.builder.tensor(given) for given in call.inputs if given is not None)
    node = place(call, Each(body.finish(), len(known)), "each", (values, captured(body)))
    return outputs(call, node, [Given(given.name, given.code) for given in known])
