"""LSTM, GRU and RNN, in all their versions."""

from collections.abc import Sequence

from torch import Tensor

from leyden.onnx.ops.recurrent.plan import Plan
from leyden.onnx.ops.recurrent.running import Weights, run
from leyden.onnx.ops.registry import operator

__all__ = ["gru", "lstm", "rnn"]


@operator("LSTM", since=1, many=True)
def lstm(
    data: Tensor, weight: Tensor, recurrence: Tensor, bias: Tensor | None = None, sequence_lens: Tensor | None = None,
    initial_h: Tensor | None = None, initial_c: Tensor | None = None, peepholes: Tensor | None = None, *,
    activation_alpha: Sequence[float] | None = None, activation_beta: Sequence[float] | None = None,
    activations: Sequence[str] | None = None, clip: float | None = None, direction: str = "forward",
    hidden_size: int | None = None, input_forget: int = 0, layout: int = 0, output_sequence: int = 0,
    output_count: int = 3,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Carry a hidden state and the state of a cell along sequences.

    Gates come in the order input, output, forget, cell. `hidden_size` and `output_sequence` say nothing that the
    weights and the outputs do not say.

    Returns:
        The hidden states: time, direction, batch, feature; the last ones, and the last ones of the cells.
    """
    plan = Plan(
        "LSTM", activations, activation_alpha, activation_beta, clip, direction, bool(layout), bool(input_forget)
    )
    weights = Weights(weight, recurrence, bias, peepholes)
    states, exact = (initial_h, initial_c), output_count > 2
    return run(plan, data, weights, states, sequence_lens, exact=exact)[:output_count]


@operator("GRU", since=1, many=True)
def gru(
    data: Tensor, weight: Tensor, recurrence: Tensor, bias: Tensor | None = None, sequence_lens: Tensor | None = None,
    initial_h: Tensor | None = None, *, activation_alpha: Sequence[float] | None = None,
    activation_beta: Sequence[float] | None = None, activations: Sequence[str] | None = None,
    clip: float | None = None, direction: str = "forward", hidden_size: int | None = None, layout: int = 0,
    linear_before_reset: int = 0, output_sequence: int = 0, output_count: int = 2,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Carry a hidden state along sequences, through gates that reset and update it; see `lstm`.

    Gates come in the order update, reset, hidden.
    """
    plan = Plan(
        "GRU", activations, activation_alpha, activation_beta, clip, direction, bool(layout),
        late=bool(linear_before_reset),
    )  # fmt: skip
    return run(plan, data, Weights(weight, recurrence, bias), (initial_h,), sequence_lens)[:output_count]


@operator("RNN", since=1, many=True)
def rnn(
    data: Tensor, weight: Tensor, recurrence: Tensor, bias: Tensor | None = None, sequence_lens: Tensor | None = None,
    initial_h: Tensor | None = None, *, activation_alpha: Sequence[float] | None = None,
    activation_beta: Sequence[float] | None = None, activations: Sequence[str] | None = None,
    clip: float | None = None, direction: str = "forward", hidden_size: int | None = None, layout: int = 0,
    output_sequence: int = 0, output_count: int = 2,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Carry a hidden state along sequences, without gates; see `lstm`."""
    plan = Plan("RNN", activations, activation_alpha, activation_beta, clip, direction, bool(layout))
    return run(plan, data, Weights(weight, recurrence, bias), (initial_h,), sequence_lens)[:output_count]
