"""The LSTM of onnxruntime whose products are of integers, as a layer whose weights learn."""

from typing import Any, cast, final

import torch
from torch import Tensor, fx, nn

from leyden.onnx.layers.bare import filled
from leyden.onnx.layers.quantised import rounding_of, weight_of
from leyden.onnx.layers.recurrent import is_zero
from leyden.onnx.layers.rounding import FakeQuantise, Grid, whole_steps
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.registering import is_recorded
from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.quantised.recurrent import is_usual, run_directions

__all__ = ["DynamicLSTM", "recurrent"]

_DOMAIN = "com.microsoft"
_SETTINGS = ("activations", "activation_alpha", "activation_beta", "clip", "input_forget")


@final
class DynamicLSTM(nn.Module):
    """An LSTM of integers: what it is given, and each state, is quantised by its range; weights are rounded.

    It takes and gives what the operator does: time, batch, feature; direction, batch, feature; and time, direction,
    batch, feature. The gradient passes as if nothing were rounded. `leyden.onnx.export` writes integers again.

    Args:
        direction: ONNX's word: "forward", "reverse" or "bidirectional".
        inward: How weight_ih is rounded: scales and zero points, one a direction.
        within: How weight_hh is.

    Attributes:
        weight_ih: For each direction, input by gate; the gates as ONNX has them: input, output, forget, cell.
        weight_hh: For each direction, hidden by gate.
        bias: For each direction, that of the input and that of the state; None if there is none.
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias: Tensor | None
    weight_ih_scale: Tensor
    weight_ih_zero_point: Tensor
    weight_hh_scale: Tensor
    weight_hh_zero_point: Tensor

    def __init__(self, direction: str, inward: FakeQuantise, within: FakeQuantise) -> None:
        super().__init__()
        self.direction = direction
        self.codes = (inward.grid.code, within.grid.code)
        for name in ("weight_ih", "weight_hh", "bias"):
            self.register_parameter(name, None)
        for name, rounding in (("weight_ih", inward), ("weight_hh", within)):
            self.register_buffer(f"{name}_scale", rounding.scale.reshape(-1), persistent=False)
            self.register_buffer(f"{name}_zero_point", rounding.zero_point.reshape(-1), persistent=False)

    def forward(
        self, x: Tensor, initial_h: Tensor | None = None, initial_c: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Give the outputs, and the last states."""
        if is_recorded():
            return self._written(x, initial_h, initial_c)
        scales = (self.weight_ih_scale, self.weight_hh_scale)
        points = (self.weight_ih_zero_point, self.weight_hh_zero_point)
        weights = [
            whole_steps(weight, scale, point, grid=Grid(code, 0))
            for weight, scale, point, code in zip(
                (self.weight_ih, self.weight_hh), scales, points, self.codes, strict=True
            )
        ]
        states = (initial_h, initial_c)
        return run_directions(x, (weights[0], weights[1]), scales, self.bias, states, direction=self.direction)

    def extra_repr(self) -> str:
        """Show the sizes and the direction."""
        return f"{self.weight_ih.shape[1]}, {self.weight_hh.shape[1]}, direction={self.direction!r}"

    def _written(self, x: Tensor, initial_h: Tensor | None, initial_c: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        (inward, *first), (within, *second) = self._integers("weight_ih", 0), self._integers("weight_hh", 1)
        inputs = (x, inward, within, self.bias, None, initial_h, initial_c, None, *first, *second)
        ways, hidden = self.weight_hh.shape[:2]
        state = (ways, x.shape[1], hidden)
        made = torch.onnx.ops.symbolic_multi_out(
            f"{_DOMAIN}::DynamicQuantizeLSTM", inputs, {"direction": self.direction, "hidden_size": hidden},
            dtypes=(x.dtype,) * 3, shapes=((x.shape[0], ways, *state[1:]), state, state), version=1,
        )  # fmt: skip
        return cast("tuple[Tensor, Tensor, Tensor]", tuple(made))

    def _integers(self, name: str, index: int) -> tuple[Tensor, Tensor, Tensor]:
        weight, scale, code = getattr(self, name), getattr(self, f"{name}_scale"), self.codes[index]
        point = getattr(self, f"{name}_zero_point").to(torch_dtype(code))
        few = torch.onnx.ops.symbolic(
            "QuantizeLinear", (weight, scale, point), {"axis": 0}, dtype=code, shape=weight.shape
        )
        return few, scale, point


@maker("DynamicQuantizeLSTM", domain=_DOMAIN)
def recurrent(call: Call) -> fx.Node | None:
    """Make a layer of an LSTM with known weights that have one scale a direction."""
    known: list[Any] = [call.constant(place) for place in (1, 2, 8, 10)]
    settings = {name: call.attributes[name] for name in _SETTINGS if name in call.attributes}
    if any(given is None for given in known) or call.given(4) is not None or call.given(7) is not None:
        return None
    optional = [place for place in (3, 9, 11) if call.given(place) is not None]
    if not is_usual(**settings) or any(call.constant(place) is None for place in optional):
        return None
    bias = call.constant(3)
    first = _weight(call, known[0], known[2], call.constant(9))
    second = _weight(call, known[1], known[3], call.constant(11))
    biases = None if bias is None else call.builder.weights.own(bias)
    if first is None or second is None or (bias is not None and biases is None):
        return None
    layer = DynamicLSTM(call.attributes.get("direction", "forward"), first[1], second[1])
    filled(layer, weight_ih=first[0], weight_hh=second[0], bias=biases[0] if biases else None)
    states = [None if is_zero(call, place) else call.tensor(place) for place in (5, 6)]
    whole = call.module(layer, call.tensor(0), *states)
    if len(call.outputs) != 1:
        return whole
    return call.builder.call_function(_first, (whole,), {}, name=call.outputs[0].name)


def _first(values: tuple[Tensor, ...]) -> Tensor:
    return values[0]


def _weight(
    call: Call, data: Given, scale: Given, points: Given | None
) -> tuple[nn.Parameter, FakeQuantise] | None:  # fmt: skip
    """Give the parameter that integers stand for, and how it is rounded."""
    sizes = data.sizes
    if sizes is None or data.rank != 3 or scale.size != sizes[0] or data.code not in (2, 3):
        return None
    if points is not None and points.size != scale.size:
        return None
    rounding = rounding_of(scale, points, code=data.code, axis=0)
    if rounding is None:
        return None
    weight = weight_of(call, (data, scale, points), rounding)
    parameters = call.builder.weights.own(weight)
    return None if parameters is None else (parameters[0], rounding)
