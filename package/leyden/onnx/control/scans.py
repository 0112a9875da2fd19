"""Scan: a graph that goes along an axis of its inputs."""

from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor, fx, nn

from leyden.onnx.control.bodies import Piece, captured, lowered, outputs, place
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given

__all__ = ["BatchScan", "Scan", "scan"]


@final
class Scan(nn.Module):
    """Calls a network with one slice of each input after the other.

    Args:
        body: Takes the state, a slice of each input, and the captured values; gives the state and a piece of each
            output.
        axes: The axis of each input along which it goes.
        backward: Of each input, whether its last slice comes first.
        pieces: How what it gives is put together.
    """

    def __init__(
        self, body: fx.GraphModule, *, axes: Sequence[int], backward: Sequence[bool], pieces: Sequence[Piece]
    ) -> None:
        super().__init__()
        self.body = body
        self.axes = tuple(axes)
        self.backward = tuple(backward)
        self.pieces = tuple(pieces)

    def forward(self, state: Sequence[Any], inputs: Sequence[Any], taken: Sequence[Any]) -> tuple[Any, ...]:
        """Give the last state, and the pieces of all slices."""
        slices = [value.unbind(axis) for value, axis in zip(inputs, self.axes, strict=True)]
        slices = [parts[::-1] if turned else parts for parts, turned in zip(slices, self.backward, strict=True)]
        values, lists = tuple(state), [[] for _ in self.pieces]
        for parts in zip(*slices, strict=True):
            given = self.body(*values, *parts, *taken)
            values = tuple(given[: len(values)])
            for pieces, piece in zip(lists, given[len(values) :], strict=True):
                pieces.append(piece)
        device = inputs[0].device
        return (*values, *(piece.join(parts, device) for piece, parts in zip(self.pieces, lists, strict=True)))


@final
class BatchScan(nn.Module):
    """Scans each sample of a batch by itself, as version 8 of the operator does.

    Args:
        scan: What is done to a sample.
    """

    def __init__(self, scan: Scan) -> None:
        super().__init__()
        self.scan = scan

    def forward(
        self, lengths: Tensor | None, state: Sequence[Any], inputs: Sequence[Any], taken: Sequence[Any]
    ) -> tuple[Tensor, ...]:
        """Give the last states and the pieces; what follows the end of a shorter sample is zero."""
        longest = inputs[0].shape[1]
        rows: list[tuple[Tensor, ...]] = []
        for sample in range(inputs[0].shape[0]):
            length = longest if lengths is None else int(lengths[sample])
            now = [_until(value[sample], length) for value in inputs]
            found = self.scan([value[sample] for value in state], now, taken)
            rows.append((*found[: len(state)], *(_filled(value, longest) for value in found[len(state) :])))
        return tuple(torch.stack(parts) for parts in zip(*rows, strict=True))


@maker("Scan")
def scan(call: Call) -> Sequence[Given]:
    """Make a module of a body that goes along the axes of the inputs."""
    old = call.opset < 9
    settings, many = call.attributes, call.attributes["num_scan_inputs"]
    values = list(call.inputs[1:] if old else call.inputs)
    state, inputs = values[: len(values) - many], values[len(values) - many :]
    axes = (0,) * many if old else settings.get("scan_input_axes", (0,) * many)
    leading = 1 if old else 0
    parts = [
        _without(given, axis + leading if axis >= 0 else axis, leading)
        for given, axis in zip(inputs, axes, strict=True)
    ]
    body, known = lowered(call, settings["body"], [*(_state(given, leading) for given in state), *parts])
    found = known[len(state) :]
    turned = settings.get("directions" if old else "scan_input_directions", (0,) * many)
    ways = settings.get("scan_output_directions", (0,) * len(found))
    targets = settings.get("scan_output_axes", (0,) * len(found))
    pieces = [
        Piece.of(given, axis=axis, backward=bool(way)) for given, axis, way in zip(found, targets, ways, strict=True)
    ]
    module = Scan(body.finish(), axes=axes, backward=[bool(way) for way in turned], pieces=pieces)
    arguments = (_nodes(call, state), _nodes(call, inputs), captured(body))
    if old:
        lengths = call.tensor(0) if call.given(0) is not None else None
        node = place(call, BatchScan(module), "scan", (lengths, *arguments))
    else:
        node = place(call, module, "scan", arguments)
    return outputs(call, node, [Given(given.name, given.code) for given in known])


def _nodes(call: Call, values: Sequence[Given | None]) -> tuple[fx.Node, ...]:
    return tuple(call.builder.tensor(given) for given in values if given is not None)


def _state(given: Given | None, leading: int) -> Given:
    if given is None:
        return Given("")
    return Given("", given.code, None if given.shape is None else given.shape[leading:])


def _without(given: Given | None, axis: int, leading: int) -> Given:
    """Say what is known of a slice."""
    if given is None or given.shape is None:
        return Given("", 0 if given is None else given.code)
    sizes = list(given.shape)
    del sizes[axis]
    return Given("", given.code, tuple(sizes[leading:]))


def _until(value: Tensor, length: int) -> Tensor:
    return value[:length]


def _filled(value: Tensor, length: int) -> Tensor:
    missing = value.new_zeros((length - value.shape[0], *value.shape[1:]))
    return torch.cat((value, missing)) if missing.shape[0] else value
