"""What is known of Python numbers while a network is made: how many there are, and where each comes from.

A structure is one number, or a (nested) tuple of them, as in `leyden.onnx.ops.numbers`; a node of the network stands
for each number that is known only when the network runs.
"""

from __future__ import annotations

import operator as python
from typing import TYPE_CHECKING, Any

from torch import fx

from leyden.onnx.lower.given import Given
from leyden.onnx.ops.dtypes import as_tensor
from leyden.onnx.ops.numbers.nesting import flat, sizes_of
from leyden.onnx.ops.shaping.layout import axis_size

if TYPE_CHECKING:
    from leyden.onnx.lower.call import Call

__all__ = ["FEW", "drop_unused", "is_plain", "sizes_structure", "structure_of", "structured"]

FEW = 64
"""How many numbers may become Python numbers, or be computed as such."""


def structure_of(call: Call, given: Given) -> Any:
    """Give the structure of a value that is known beforehand, or that the network has as Python numbers.

    Raises:
        TypeError: How many numbers there are is not known, or they are too many, or a tensor.
    """
    if given.is_constant:
        if given.size is None or given.size > FEW:
            raise TypeError(f"{given.name} has too many numbers")
        return given.literal()
    if not given.numbers:
        raise TypeError(f"{given.name} is a tensor")
    if not isinstance(given.node, fx.Node) or given.rank == 0:
        return given.node
    if given.rank != 1 or given.size is None:
        raise TypeError(f"{given.name} has an unknown number of numbers")
    builder = call.builder
    return tuple(
        builder.call_function(python.getitem, (given.node, index), {}, name=given.name) for index in range(given.size)
    )


def structured(call: Call, structure: Any, *, code: int, index: int = 0) -> Given:
    """Say what is known of an output whose structure is known: its value, if all its numbers are."""
    name, shape = call.outputs[index].name or "", sizes_of(structure)
    if is_plain(structure):
        return Given(name, code, shape, read=lambda: as_tensor(structure, code=code))
    return Given(name, code, shape, structure, numbers=True)


def sizes_structure(call: Call, given: Given, start: int = 0, end: int | None = None) -> tuple[Any, ...] | None:
    """Give the sizes of the axes of a value: what the file says, and nodes for others. None if it says nothing."""
    if given.shape is None:
        return None
    axes = range(len(given.shape))[start:end]
    if any(not isinstance(given.shape[axis], int) for axis in axes):
        data = call.builder.tensor(given)
        return tuple(_size(call, data, axis, given.shape[axis]) for axis in axes)
    return given.shape[start:end]


def is_plain(structure: Any) -> bool:
    """Say whether all numbers of a structure are known beforehand."""
    return not any(isinstance(number, fx.Node) for number in flat(structure))


def drop_unused(graph: fx.Graph) -> None:
    """Take nodes out of a graph, in place, whose values nobody takes: sizes of axes, pieces of what became a layer."""
    for node in reversed(graph.nodes):
        if node.op not in ("placeholder", "output") and not node.users:
            graph.erase_node(node)


def _size(call: Call, data: fx.Node, axis: int, size: int | str | None) -> Any:
    """Give the size of an axis: as the file says, or by the one node that asks for it."""
    if isinstance(size, int):
        return size
    asked = (node for node in data.users if node.target is axis_size and node.args == (data, axis))
    node = next(asked, None)
    if node is not None:
        return node
    return call.builder.call_function(axis_size, (data, axis), {}, name=f"{data.name}_size_{axis}")
