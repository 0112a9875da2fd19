"""What branches, loops and scans have in common: the graphs that they hold, and the values these take from outside."""

import operator as python
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import onnx_ir as ir
import torch
from torch import fx, nn

from leyden.onnx.lower.applying import python_numbers
from leyden.onnx.lower.builder import Builder
from leyden.onnx.lower.call import Call
from leyden.onnx.lower.given import Given
from leyden.onnx.ops.dtypes import STRING, torch_dtype

__all__ = ["Piece", "captured", "lowered", "number", "only_number", "outputs", "place"]


@final
@dataclass(frozen=True)
class Piece:
    """What a body gives in each round: what is needed to make an empty tensor of no rounds at all.

    Args:
        dtype: Element type; None for texts, and for what torch prefers where nobody knows it.
        shape: Sizes of the axes; 0 where the file does not say.
        axis: The new axis along which the rounds are put together.
        backward: Whether the last round comes first.
        texts: Whether its elements are texts.
    """

    dtype: torch.dtype | None
    shape: tuple[int, ...]
    axis: int = 0
    backward: bool = False
    texts: bool = False

    @classmethod
    def of(cls, given: Given, *, axis: int = 0, backward: bool = False) -> "Piece":
        """Read off what is known of the output of a body."""
        dtype = torch_dtype(given.code) if given.code not in (0, STRING) else None
        shape = tuple(size if isinstance(size, int) else 0 for size in given.shape or ())
        return cls(dtype, shape, axis, backward, given.code == STRING)

    def join(self, rounds: Sequence[Any], device: torch.device | None = None) -> Any:
        """Put what the rounds gave together along the new axis.

        Examples:
            >>> Piece(torch.float32, (3,)).join([]).shape
            torch.Size([0, 3])
        """
        parts = list(rounds[::-1] if self.backward else rounds)
        if parts:
            return np.stack(parts, self.axis) if isinstance(parts[0], np.ndarray) else torch.stack(parts, self.axis)
        axis = self.axis % (len(self.shape) + 1)
        shape = (*self.shape[:axis], 0, *self.shape[axis:])
        return np.empty(shape, dtype=object) if self.texts else torch.empty(shape, dtype=self.dtype, device=device)


def lowered(call: Call, graph: ir.Graph, inputs: Sequence[Given] = ()) -> tuple[Builder, list[Given]]:
    """Put a graph that a node holds into a network of its own; give its builder, and what is known of its outputs."""
    builder = call.builder.inner(graph)
    return builder, builder.lower(inputs)


def captured(builder: Builder) -> tuple[fx.Node, ...]:
    """Give the nodes around a graph whose values it takes, in the order of its last inputs."""
    return tuple(builder.captured)


def number(call: Call, position: int) -> Any:
    """Give an input as a Python number, known now or a node that gives it; None if it is left out."""
    given = call.given(position)
    if given is None:
        return None
    if given.is_constant:
        value = given.literal()
        return value[0] if isinstance(value, tuple) else value
    if given.numbers and isinstance(given.node, tuple):
        return given.node[0]
    if given.numbers and given.rank == 0:
        return given.node
    node = given.node if given.numbers else call.builder.tensor(given)
    return call.builder.call_function(only_number, (node,), {}, name=given.name)


def only_number(tensor: Any) -> Any:
    """Give a tensor of one element as a Python number."""
    value = python_numbers(tensor)
    return value[0] if isinstance(value, tuple) else value


def place(call: Call, module: nn.Module, name: str, arguments: Iterable[Any]) -> fx.Node:
    """Put a module into the network, below the scope of its node."""
    path = ".".join(filter(None, (call.scope, name)))
    return call.builder.call_module(module, arguments, path=path, name=f"{name}_{call.outputs[0].name}")


def outputs(call: Call, node: fx.Node, known: Sequence[Given], numbers: Iterable[int] = ()) -> list[Given]:
    """Take the values of a node that gives a tuple apart; what is known of them is known of its parts."""
    found: list[Given] = []
    for index, (value, given) in enumerate(zip(call.outputs, known, strict=False)):
        part = call.builder.call_function(python.getitem, (node, index), {}, name=value.name)
        found.append(Given(value.name or "", given.code, given.shape, part, numbers=index in numbers))
    return found
