"""Activations by name."""

import pytest
import torch

from leyden.onnx.ops.recurrent.activation import choose

X = torch.tensor([-2.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("name", "alpha", "beta", "expected"),
    [
        ("Relu", None, None, [0.0, 0.5, 2.0]),
        ("Affine", 2.0, 1.0, [-3.0, 2.0, 5.0]),
        ("LeakyRelu", None, None, [-0.02, 0.5, 2.0]),
        ("ThresholdedRelu", None, None, [0.0, 0.0, 2.0]),
        ("ThresholdedRelu", 0.5, None, [0.0, 0.5, 2.0]),
        ("ScaledTanh", 2.0, 0.5, [-1.5231884, 0.4898373, 1.5231884]),
        ("HardSigmoid", None, None, [0.1, 0.6, 0.9]),
        ("Elu", 2.0, None, [-1.7293294, 0.5, 2.0]),
        ("Softsign", None, None, [-2 / 3, 1 / 3, 2 / 3]),
        ("softplus", None, None, [0.1269280, 0.9740770, 2.1269280]),
    ],
)
def test_each_is_what_onnx_says(name, alpha, beta, expected) -> None:
    (function,) = choose((name,), None if alpha is None else (alpha,), None if beta is None else (beta,))
    torch.testing.assert_close(function(X), torch.tensor(expected))


def test_only_those_that_have_settings_take_them() -> None:
    tanh, first, second = choose(("Tanh", "Affine", "LeakyRelu"), (3.0, 0.5), (1.0,))
    assert torch.equal(tanh(X), X.tanh())
    assert torch.equal(first(X), 3 * X + 1)
    assert second(X).tolist() == [-1.0, 0.5, 2.0]


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(ValueError, match="no activation 'Gelu'; it has affine, elu"):
        choose(("Gelu",), None, None)
