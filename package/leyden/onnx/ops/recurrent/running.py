"""Recurrent operators computed: in all their directions, by torch's kernels or step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.recurrent.activation import Activation, choose
from leyden.onnx.ops.recurrent.cells import Cell, gru_cell, lstm_cell, rnn_cell
from leyden.onnx.ops.recurrent.directions import reverse, unroll
from leyden.onnx.ops.recurrent.kernel import by_kernel, reorder
from leyden.onnx.ops.recurrent.plan import DEFAULTS, Plan, kernel_of

__all__ = ["Weights", "run"]

_STEPS = {"LSTM": lstm_cell, "GRU": gru_cell, "RNN": rnn_cell}


@final
@dataclass(frozen=True)
class Weights:
    """The weights of a recurrent operator, in ONNX's layout: those of all directions, or of one.

    Args:
        inward: ONNX's `W`, of the input.
        recurrent: `R`, of the state.
        bias: `B`; None without it.
        peepholes: `P`; None without it.
    """

    inward: Tensor
    recurrent: Tensor
    bias: Tensor | None = None
    peepholes: Tensor | None = None

    def of(self, number: int) -> "Weights":
        """Give those of one direction."""
        bias, peepholes = (None if part is None else part[number] for part in (self.bias, self.peepholes))
        return Weights(self.inward[number], self.recurrent[number], bias, peepholes)

    def for_kernel(self, kind: str) -> list[Tensor]:
        """Give those of one direction as torch's kernels take them."""
        halves = () if self.bias is None else self.bias.chunk(2)
        return [reorder(part, kind) for part in (self.inward, self.recurrent, *halves)]


def run(
    plan: Plan, data: Tensor, weights: Weights, states: Sequence[Tensor | None], lengths: Tensor | None, *,
    exact: bool = False,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Compute a recurrent operator.

    Args:
        plan: Its attributes.
        data: Time, batch, feature; or batch first.
        weights: Of all directions.
        states: The first ones, one for each state that the operator has: direction, batch, feature; or batch first;
            None for zeros.
        lengths: Of each sequence; None if all take the whole time.
        exact: Whether all last states are wanted, those of cells too.

    Returns:
        ONNX's `Y`, and the last states.
    """
    data = data.transpose(0, 1) if plan.batch_first else data
    zeros = data.new_zeros(weights.inward.shape[0], data.shape[1], weights.recurrent.shape[2])
    turned = [state.transpose(0, 1) if state is not None and plan.batch_first else state for state in states]
    first = [zeros if state is None else state for state in turned]
    activations, each = choose(plan.names(), plan.alphas, plan.betas), len(DEFAULTS[plan.kind])
    kernel = _kernel(plan, weights, lengths, exact=exact)
    outs, ends = [], []
    for number, backward in enumerate(plan.backward()):
        start, mine = tuple(state[number] for state in first), weights.of(number)
        if kernel is not None:
            out, end = by_kernel(kernel, data, mine.for_kernel(plan.kind), start, lengths, backward=backward)
        else:
            cell = _cell(plan, mine, activations[number * each : (number + 1) * each])
            out, end = _by_steps(plan, cell, data, mine, start, lengths, backward=backward)
        outs.append(out)
        ends.append(end)
    lasts = [torch.stack(parts) for parts in zip(*ends, strict=True)]
    if plan.batch_first:
        return (torch.stack(outs, 1).permute(2, 0, 1, 3), *(last.transpose(0, 1) for last in lasts))
    return (torch.stack(outs, 1), *lasts)


def _kernel(plan: Plan, weights: Weights, lengths: Tensor | None, *, exact: bool) -> str | None:
    if torch.compiler.is_dynamo_compiling() or weights.peepholes is not None:
        return None  # torch.compile takes none of the kernels; it does take the steps
    if lengths is not None and exact and plan.kind == "LSTM":
        return None
    return kernel_of(plan)


def _cell(plan: Plan, weights: Weights, activations: Sequence[Activation]) -> Cell:
    late = None
    if weights.bias is not None and plan.kind == "GRU" and plan.late:
        late = weights.bias.chunk(6)[5]
    peepholes = None if weights.peepholes is None else weights.peepholes.chunk(3)
    return Cell(weights.recurrent, late, activations, plan.clip, peepholes, plan.coupled, plan.late)


def _by_steps(
    plan: Plan, cell: Cell, data: Tensor, weights: Weights, states: Sequence[Tensor], lengths: Tensor | None, *,
    backward: bool,
) -> tuple[Tensor, tuple[Tensor, ...]]:  # fmt: skip
    bias = None
    if weights.bias is not None:
        ours, theirs = weights.bias.chunk(2)
        if cell.bias is not None:
            theirs = torch.cat((theirs[: -len(cell.bias)], torch.zeros_like(cell.bias)))
        bias = ours + theirs
    data = functional.linear(reverse(data, lengths) if backward else data, weights.inward, bias)
    step = _STEPS[plan.kind]
    out, ends = unroll(lambda part, held: step(cell, part, held), data, states, lengths)
    return (reverse(out, lengths) if backward else out), ends
