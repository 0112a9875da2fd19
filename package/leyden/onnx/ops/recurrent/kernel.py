"""Torch's own kernels for recurrent layers, where they compute what ONNX says."""

from collections.abc import Sequence

import torch
from torch import Tensor

from leyden.onnx.ops.recurrent.directions import reverse, silence

__all__ = ["ORDERS", "by_kernel", "reorder"]

ORDERS: dict[str, tuple[int, ...]] = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Where torch's gates are among ONNX's: input, forget, cell, output of an LSTM; reset, update, new of a GRU."""


def reorder(weight: Tensor, kind: str) -> Tensor:
    """Bring the gates of one direction into torch's order; a view where there is one gate only.

    Examples:
        >>> reorder(torch.tensor([0, 1, 2, 3]), "LSTM")  # ONNX: input, output, forget, cell
        tensor([0, 2, 3, 1])
    """
    order = ORDERS[kind]
    if len(order) == 1:
        return weight
    parts = weight.chunk(len(order))
    return torch.cat([parts[place] for place in order])


def by_kernel(
    kind: str, data: Tensor, weights: Sequence[Tensor], states: Sequence[Tensor], lengths: Tensor | None, *,
    backward: bool,
) -> tuple[Tensor, tuple[Tensor, ...]]:  # fmt: skip
    """Carry states along one direction by torch's kernel.

    Args:
        kind: `LSTM`, `GRU`, `RNN` or `RNN_RELU`.
        data: Time, batch, feature.
        weights: In torch's order: those of the input, those of the state, and both biases or none.
        states: The first ones: batch, feature.
        lengths: Of each sequence; None if all take the whole time. An LSTM's last cell state is not right then.
        backward: Whether the time runs backward.

    Raises:
        ValueError: Sizes do not fit: torch's kernels read past the end of memory then, and say nothing.
    """
    _check(kind, data, weights, states)
    data = reverse(data, lengths) if backward else data
    first = tuple(state[None] for state in states)
    settings = (list(weights), len(weights) == 4, 1, 0.0, False, False, False)
    if kind == "LSTM":
        out, *last = torch.lstm(data, first, *settings)
    else:
        function = {"GRU": torch.gru, "RNN": torch.rnn_tanh, "RNN_RELU": torch.rnn_relu}[kind]
        out, *last = function(data, first[0], *settings)
    ends = tuple(state[0] for state in last)
    if lengths is not None:
        place = (lengths - 1).clamp(min=0)[None, :, None].expand(1, -1, out.shape[2])
        ends = (torch.where(lengths[:, None] > 0, out.gather(0, place)[0], states[0]), *ends[1:])
        out = silence(out, lengths)
    return (reverse(out, lengths) if backward else out), ends


def _check(kind: str, data: Tensor, weights: Sequence[Tensor], states: Sequence[Tensor]) -> None:
    inward, hidden = weights[0].shape[1], weights[1].shape[1]
    if data.shape[2] != inward:
        raise ValueError(f"{kind}: its weights are for {inward} features; given: {data.shape[2]}")
    for state in states:
        if tuple(state.shape) != (data.shape[1], hidden):
            wanted = f"(batch {data.shape[1]}, {hidden} features)"
            raise ValueError(f"{kind}: a first state of each direction must be {wanted}; given: {tuple(state.shape)}")
