"""Layers without weights: activations, and Dropout."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import fx, nn

from leyden.onnx.layers.bare import decimal
from leyden.onnx.lower.call import Call, maker

__all__ = ["activation", "dropout"]


@maker(
    "Celu", "Clip", "Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "LogSoftmax", "Mish", "Relu", "Selu",
    "Softmax", "Softplus", "Softsign", "Tanh",
)  # fmt: skip
def activation(call: Call) -> fx.Node | None:
    """Make a layer of an activation, where torch has it alike and the file does not say that it was a function."""
    make = _MAKERS[call.op]
    layer = make({name: decimal(v) if isinstance(v, float) else v for name, v in call.attributes.items()}, call)
    path = None if layer is None else call.place(type(layer))
    if layer is None or path is None:
        return None
    return call.module(layer, call.tensor(0), path=path)


@maker("Dropout")
def dropout(call: Call) -> fx.Node | None:
    """Make a Dropout of one for inference, so that the network drops once it is trained."""
    ratio, training = call.given(1), call.given(2)
    known = all(given is None or given.is_constant for given in (ratio, training))
    if len(call.outputs) > 1 or not known or (training is not None and training.literal()):
        return None
    chance = decimal(ratio.literal() if ratio is not None else call.attributes.get("ratio", 0.5))
    return call.module(nn.Dropout(chance), call.tensor(0), path=call.place(nn.Dropout))


_Said = Mapping[str, Any]


def _leaky(said: _Said, call: Call) -> nn.Module:
    return nn.LeakyReLU(said.get("alpha", 0.01))


def _elu(said: _Said, call: Call) -> nn.Module:
    return nn.ELU(said.get("alpha", 1.0))


def _celu(said: _Said, call: Call) -> nn.Module:
    return nn.CELU(said.get("alpha", 1.0))


def _selu(said: _Said, call: Call) -> nn.Module | None:
    usual = said.get("alpha", 1.67326319) == 1.6732632 and said.get("gamma", 1.05070102) == 1.050701
    return nn.SELU() if usual or not said else None


def _gelu(said: _Said, call: Call) -> nn.Module:
    return nn.GELU(said.get("approximate", "none"))


def _hard_sigmoid(said: _Said, call: Call) -> nn.Module | None:
    sixth = abs(said.get("alpha", 0.2) - 1 / 6) < 1e-7 and said.get("beta", 0.5) == 0.5
    return nn.Hardsigmoid() if sixth else None


def _softmax(said: _Said, call: Call) -> nn.Module | None:
    data, kind = call.given(0), nn.Softmax if call.op == "Softmax" else nn.LogSoftmax
    if call.opset >= 13:
        return kind(said.get("axis", -1))
    last = data is not None and data.rank is not None and said.get("axis", 1) % data.rank == data.rank - 1
    return kind(said.get("axis", 1)) if last else None


def _clip(said: _Said, call: Call) -> nn.Module | None:
    bounds = (said.get("min"), said.get("max"))
    if call.opset >= 11:
        limits = (call.constant(1), call.constant(2))
        bounds = tuple(None if limit is None else limit.literal() for limit in limits)
    return nn.ReLU6() if bounds == (0, 6) else None


_MAKERS: dict[str, Callable[[_Said, Call], nn.Module | None]] = {
    "Celu": _celu, "Clip": _clip, "Elu": _elu, "Gelu": _gelu, "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda said, call: nn.Hardswish(), "LeakyRelu": _leaky, "LogSoftmax": _softmax,
    "Mish": lambda said, call: nn.Mish(), "Relu": lambda said, call: nn.ReLU(), "Selu": _selu, "Softmax": _softmax,
    "Softplus": lambda said, call: nn.Softplus(), "Softsign": lambda said, call: nn.Softsign(),
    "Tanh": lambda said, call: nn.Tanh(),
}  # fmt: skip
