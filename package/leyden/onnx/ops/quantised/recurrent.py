"""The LSTM of onnxruntime whose products are of integers."""

from collections.abc import Sequence

import torch
from torch import Tensor

from leyden.onnx.ops.quantised.linear import dynamic_steps
from leyden.onnx.ops.quantised.matrix import exact_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["dynamic_lstm", "is_usual", "run_directions"]

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
    del hidden_size  # the weights say it
    if p is not None or sequence_lens is not None or not is_usual(activations, activation_alpha, activation_beta):
        raise ValueError("DynamicQuantizeLSTM is computed with the usual activations only, and without peepholes")
    if not is_usual(clip=clip, input_forget=input_forget) or w_scale is None or r_scale is None:
        raise ValueError("DynamicQuantizeLSTM is computed with scales, and without clip and input_forget only")
    weights = (_centred(w, w_zero_point), _centred(r, r_zero_point))
    return run_directions(x, weights, (w_scale, r_scale), b, (initial_h, initial_c), direction=direction)


def is_usual(
    activations: Sequence[str] = (), activation_alpha: Sequence[float] = (), activation_beta: Sequence[float] = (),
    clip: float = 0.0, input_forget: int = 0,
) -> bool:  # fmt: skip
    """Say whether attributes ask for the LSTM that is computed here: sigmoid and tanh, nothing cut off.

    Examples:
        >>> is_usual(("Sigmoid", "Tanh", "Tanh")), is_usual(clip=1.0)
        (True, False)
    """
    usual = all(name.lower() == _PLAIN[index % 3] for index, name in enumerate(activations))
    return usual and not (activation_alpha or activation_beta or clip or input_forget)


def run_directions(
    x: Tensor, weights: tuple[Tensor, Tensor], scales: tuple[Tensor, Tensor], bias: Tensor | None,
    states: tuple[Tensor | None, Tensor | None], *, direction: str,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Run an LSTM each way.

    Args:
        x: Time, batch, feature.
        weights: Of the input and of the state, in whole steps of their scales: direction, feature, gate.
        scales: For each of them: one a direction, or one a direction and gate.
        bias: Direction, gate twice; None for none.
        states: What it begins with: hidden and cell; None for zeros.
        direction: ONNX's word.

    Returns:
        Outputs (time, direction, batch, feature), and the last states.
    """
    kinds = ("forward", "reverse") if direction == "bidirectional" else (direction,)
    zero = x.new_zeros(len(kinds), x.shape[1], weights[1].shape[1])
    first_h, first_c = (zero if state is None else state for state in states)
    runs = []
    for index, kind in enumerate(kinds):
        gates = _product(x.flip(0) if kind == "reverse" else x, weights[0][index], scales[0][index])
        shift = gates.new_zeros(()) if bias is None else sum(bias[index].chunk(2))
        settings = (weights[1][index], scales[1][index], torch.as_tensor(shift))
        out, last_h, last_c = _steps(gates, settings, first_h[index], first_c[index])
        runs.append((out.flip(0) if kind == "reverse" else out, last_h, last_c))
    outs, hidden, cells = zip(*runs, strict=True)
    return torch.stack(outs, 1), torch.stack(hidden), torch.stack(cells)


def _steps(
    gates: Tensor, settings: tuple[Tensor, Tensor, Tensor], hidden: Tensor, cell: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    weight, scale, shift = settings
    weight = weight.to(exact_dtype(weight.shape[0]))
    outs = []
    for step in gates.unbind(0):
        enter, leave, forget, new = (step + _product(hidden, weight, scale) + shift).chunk(4, -1)
        cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
        hidden = torch.sigmoid(leave) * torch.tanh(cell)
        outs.append(hidden)
    return torch.stack(outs), hidden, cell


def _product(x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    """Multiply what is rounded by its range with whole steps; sums are exact."""
    dtype = exact_dtype(weight.shape[0])
    steps, own = dynamic_steps(x, dtype)
    return ((steps @ weight.to(dtype)).to(torch.float32) * (own * scale)).to(x.dtype)


def _centred(weight: Tensor, zero_point: Tensor | None) -> Tensor:
    """Take the zero points of each direction, of one or of each gate, away from integers."""
    number = weight.to(torch.float32)
    if zero_point is None:
        return number
    return number - zero_point.to(torch.float32).reshape(weight.shape[0], 1, -1)
