"""The LSTM of onnxruntime whose products are of integers."""

import torch
from torch import Tensor

from leyden.onnx.ops.quantised.linear import quantise_dynamically
from leyden.onnx.ops.registry import operator

__all__ = ["dynamic_lstm"]

_PLAIN = ("sigmoid", "tanh", "tanh")


@operator("DynamicQuantizeLSTM", domain="com.microsoft", many=True)
def dynamic_lstm(
    x: Tensor, w: Tensor, r: Tensor, b: Tensor | None = None, sequence_lens: Tensor | None = None,
    initial_h: Tensor | None = None, initial_c: Tensor | None = None, p: Tensor | None = None,
    w_scale: Tensor | None = None, w_zero_point: Tensor | None = None, r_scale: Tensor | None = None,
    r_zero_point: Tensor | None = None, *, hidden_size: int, direction: str = "forward",
    activations: tuple[str, ...] = (), activation_alpha: tuple[float, ...] = (),
    activation_beta: tuple[float, ...] = (), clip: float = 0.0, input_forget: int = 0,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Run an LSTM of quantised weights; what they are multiplied by is quantised by its range at each step.

    The gradient passes to the input and the states as if those were not rounded.

    Raises:
        ValueError: It has peepholes, sequences of several lengths, or activations other than the usual ones.
    """
    usual = all(name.lower() == _PLAIN[index % 3] for index, name in enumerate(activations))
    if p is not None or sequence_lens is not None or not usual or activation_alpha or activation_beta:
        raise ValueError("DynamicQuantizeLSTM is computed with the usual activations only, and without peepholes")
    if clip or input_forget or w_scale is None or r_scale is None:
        raise ValueError("DynamicQuantizeLSTM is computed with scales, and without clip and input_forget only")
    kinds = ("forward", "reverse") if direction == "bidirectional" else (direction,)
    zero = x.new_zeros(len(kinds), x.shape[1], hidden_size)
    first_h, first_c = zero if initial_h is None else initial_h, zero if initial_c is None else initial_c
    runs = []
    for index, kind in enumerate(kinds):
        weight = _real(w[index], w_scale[index], None if w_zero_point is None else w_zero_point[index])
        state = _real(r[index], r_scale[index], None if r_zero_point is None else r_zero_point[index])
        bias = 0 if b is None else sum(b[index].chunk(2))
        gates = _rounded(x) @ weight + bias
        gates = gates.flip(0) if kind == "reverse" else gates
        out, last_h, last_c = _steps(gates, state, first_h[index], first_c[index])
        runs.append((out.flip(0) if kind == "reverse" else out, last_h, last_c))
    outs, hidden, cells = zip(*runs, strict=True)
    return torch.stack(outs, 1), torch.stack(hidden), torch.stack(cells)


def _steps(gates: Tensor, weight: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    outs = []
    for step in gates.unbind(0):
        enter, leave, forget, new = (step + _rounded(hidden) @ weight).chunk(4, -1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
        hidden = torch.sigmoid(leave) * torch.tanh(cell)
        outs.append(hidden)
    return torch.stack(outs), hidden, cell


def _rounded(x: Tensor) -> Tensor:
    few, scale, zero_point = quantise_dynamically(x.detach())
    real = (few.to(x.dtype) - zero_point.to(x.dtype)) * scale
    return x + (real - x).detach()


def _real(weight: Tensor, scale: Tensor, zero_point: Tensor | None) -> Tensor:
    """Give the weights of a direction, as many rows as there are inputs, as the numbers that they stand for."""
    number = weight.to(scale.dtype)
    return (number if zero_point is None else number - zero_point.to(scale.dtype)) * scale
