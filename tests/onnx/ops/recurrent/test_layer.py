"""LSTM, GRU and RNN against onnxruntime, with all that they can be asked for."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from leyden.onnx.ops.recurrent.layer import gru, lstm, rnn

FUNCTIONS = {"LSTM": lstm, "GRU": gru, "RNN": rnn}
ORDER = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
PLAIN = frozenset(("P", "sequence_lens"))
ACTIVATIONS = (
    (("Sigmoid", "Softsign", "Relu"), None, None),
    (("HardSigmoid", "Affine", "Elu"), (0.3, 0.2, 1.5), (0.4, 0.1)),
    (("Affine", "LeakyRelu", "ScaledTanh"), (0.3, 0.2, 0.9), (0.1, 0.7)),
    (("ThresholdedRelu", "Softplus", "Tanh"), (0.2,), None),
)


def differences(kind: str, given: dict, expected: list[np.ndarray], **attributes: Any) -> list[float]:
    arguments = [torch.from_numpy(given[name]) if name in given else None for name in ORDER]
    arguments = arguments if kind == "LSTM" else arguments[:6]
    got = FUNCTIONS[kind](*arguments, output_count=len(expected), **attributes)
    return [float((out - torch.from_numpy(right)).abs().max()) for out, right in zip(got, expected, strict=True)]


@pytest.mark.parametrize(
    ("kind", "direction"), [*itertools.product(FUNCTIONS, ("forward", "reverse", "bidirectional"))]
)
@pytest.mark.parametrize("leave", [PLAIN, PLAIN - {"sequence_lens"}, PLAIN | {"B", "initial_h", "initial_c"}], ids=len)
def test_they_agree_with_onnxruntime(values, oracle, kind, direction, leave) -> None:
    given = values(kind, 2 if direction == "bidirectional" else 1, frozenset(leave))
    settings: list[dict[str, Any]] = [{}, {"clip": 0.2}]
    settings += [{"linear_before_reset": 1}, {"linear_before_reset": 1, "clip": 0.2}] if kind == "GRU" else []
    settings += [{"input_forget": 1}] if kind == "LSTM" else []
    for more in settings:
        expected = oracle(kind, given, direction=direction, **more)
        assert max(differences(kind, given, expected, direction=direction, **more)) < 1e-6


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_peepholes_look_at_the_cell(values, oracle, direction) -> None:
    given = values("LSTM", 2 if direction == "bidirectional" else 1)
    expected = oracle("LSTM", given, direction=direction)
    assert max(differences("LSTM", given, expected, direction=direction)) < 1e-6


@pytest.mark.parametrize(("kind", "chosen"), [*itertools.product(FUNCTIONS, ACTIVATIONS)])
def test_other_activations_agree(values, oracle, kind, chosen) -> None:
    names, alphas, betas = chosen
    each = {"LSTM": 3, "GRU": 2, "RNN": 1}[kind]
    given = values(kind, 2, PLAIN)
    more = {"activations": names[:each] * 2}
    takes = [sum(name in takers for name in names[:each]) for takers in (
        ("HardSigmoid", "Affine", "Elu", "LeakyRelu", "ScaledTanh", "ThresholdedRelu"),
        ("HardSigmoid", "Affine", "ScaledTanh"),
    )]  # fmt: skip
    more |= {"activation_alpha": alphas[: takes[0]] * 2} if alphas and takes[0] else {}
    more |= {"activation_beta": betas[: takes[1]] * 2} if betas and takes[1] else {}
    expected = oracle(kind, given, direction="bidirectional", **more)
    limit = 1e-5 * max(1.0, *(float(np.abs(part).max()) for part in expected))
    assert max(differences(kind, given, expected, direction="bidirectional", **more)) < limit


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_the_batch_may_come_first(values, kind) -> None:
    given = {name: torch.from_numpy(value) for name, value in values(kind, 2, PLAIN).items()}
    turned = {name: v.transpose(0, 1) if name[0] in "Xi" else v for name, v in given.items()}
    arguments, swapped = ([part.get(name) for name in ORDER[:6]] for part in (given, turned))
    usual = FUNCTIONS[kind](*arguments, direction="bidirectional")
    first = FUNCTIONS[kind](*swapped, direction="bidirectional", layout=1)
    torch.testing.assert_close(first[0], usual[0].permute(2, 0, 1, 3))
    torch.testing.assert_close(first[1], usual[1].transpose(0, 1))


def test_only_what_is_asked_for_is_given(values) -> None:
    given = [torch.from_numpy(part) for part in values("LSTM", 1, PLAIN).values()][:3]
    assert len(lstm(*given, output_count=1)) == 1


def test_an_unknown_direction_is_named(values) -> None:
    given = [torch.from_numpy(part) for part in values("RNN", 1, PLAIN).values()][:3]
    with pytest.raises(ValueError, match="RNN has no direction 'up'; it has forward, reverse, bidirectional"):
        rnn(*given, direction="up")
