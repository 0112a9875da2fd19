"""One step of each recurrent operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.recurrent.activation import Activation

__all__ = ["Cell", "gru_cell", "lstm_cell", "rnn_cell"]


@final
@dataclass(frozen=True)
class Cell:
    """What the step of one direction needs besides its input and its states.

    Args:
        recurrent: Weights of the state: gate by feature, feature.
        bias: Of the state, where it is not added to the input's; None if there is none.
        activations: In ONNX's order.
        clip: Bound on what goes into an activation; None for no bound.
        peepholes: Weights of the cell state, for input, output and forget gate; None without peepholes.
        coupled: Whether the forget gate is what the input gate leaves.
        late: Whether the reset gate acts behind the weights of the state.
    """

    recurrent: Tensor
    bias: Tensor | None
    activations: Sequence[Activation]
    clip: float | None = None
    peepholes: Sequence[Tensor] | None = None
    coupled: bool = False
    late: bool = False

    def act(self, number: int, data: Tensor) -> Tensor:
        """Apply an activation to what is within the bound."""
        bounded = data if self.clip is None else data.clamp(-self.clip, self.clip)
        return self.activations[number](bounded)


def rnn_cell(cell: Cell, data: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Compute the next state of an RNN."""
    return (cell.act(0, data + functional.linear(states[0], cell.recurrent)),)


def lstm_cell(cell: Cell, data: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Compute the next hidden and cell state of an LSTM."""
    hidden, memory = states
    inward, outward, forget, fresh = (data + functional.linear(hidden, cell.recurrent)).chunk(4, -1)
    if cell.peepholes is not None:
        inward = inward + cell.peepholes[0] * memory
        forget = forget + cell.peepholes[2] * memory
    inward = cell.act(0, inward)
    forget = 1 - inward if cell.coupled else cell.act(0, forget)
    memory = forget * memory + inward * cell.act(1, fresh)
    if cell.peepholes is not None:
        outward = outward + cell.peepholes[1] * memory
    return cell.act(0, outward) * cell.activations[2](memory), memory


def gru_cell(cell: Cell, data: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Compute the next state of a GRU."""
    hidden = states[0]
    size = hidden.shape[-1]
    gates = functional.linear(hidden, cell.recurrent[: 2 * size])
    update, reset = cell.act(0, data[:, : 2 * size] + gates).chunk(2, -1)
    last = cell.recurrent[2 * size :]
    if cell.late:
        added = reset * functional.linear(hidden, last, cell.bias)
    else:
        added = functional.linear(reset * hidden, last, cell.bias)
    fresh = cell.act(1, data[:, 2 * size :] + added)
    return ((1 - update) * fresh + update * hidden,)
