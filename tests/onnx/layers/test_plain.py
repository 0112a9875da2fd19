"""Activations and Dropout as layers."""

import pytest
import torch

import leyden as ly


@pytest.mark.parametrize(
    ("op", "said", "layer"),
    [
        ("Relu", {}, "ReLU()"),
        ("LeakyRelu", {"alpha": 0.1}, "LeakyReLU(negative_slope=0.1)"),
        ("Elu", {}, "ELU(alpha=1.0)"),
        ("Celu", {"alpha": 0.5}, "CELU(alpha=0.5)"),
        ("Selu", {}, "SELU()"),
        ("HardSigmoid", {"alpha": 1 / 6}, "Hardsigmoid()"),
        ("HardSwish", {}, "Hardswish()"),
        ("Mish", {}, "Mish()"),
        ("Gelu", {"approximate": "tanh"}, "GELU(approximate='tanh')"),
        ("Softplus", {}, "Softplus(beta=1.0, threshold=20.0)"),
        ("Softsign", {}, "Softsign()"),
        ("Tanh", {}, "Tanh()"),
        ("Softmax", {"axis": 1}, "Softmax(dim=1)"),
        ("LogSoftmax", {}, "LogSoftmax(dim=-1)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_activation_is_its_layer(build, agrees, op, said, layer):
    model = build([(op, ["x"], ["y"], "", said)], {}, (2, 3, 4))
    assert [str(part) for part in ly.onnx.load(model).children()] == [layer]
    agrees(model, torch.randn(2, 3, 4) * 3)


@pytest.mark.parametrize(
    ("op", "said", "opset"),
    [("HardSigmoid", {}, 21), ("Selu", {"alpha": 1.0}, 21), ("Softmax", {"axis": 1}, 11)],
    ids=["slope", "alpha", "old axis"],
)
def test_what_torch_has_no_layer_for_is_a_function(build, agrees, kinds, op, said, opset):
    model = build([(op, ["x"], ["y"], "", said)], {}, (2, 3, 4), opset=opset)
    assert kinds(ly.onnx.load(model)) == {}
    agrees(model, torch.randn(2, 3, 4))


@pytest.mark.parametrize(("low", "high", "layers"), [(0.0, 6.0, 1), (0.0, 1.0, 0), (-6.0, 6.0, 0)])
def test_only_the_clip_from_zero_to_six_is_a_layer(build, kinds, low, high, layers):
    bounds = {"low": torch.tensor(low), "high": torch.tensor(high)}
    assert len(kinds(ly.onnx.load(build([("Clip", ["x", "low", "high"], ["y"], "", {})], bounds, (3,))))) == layers


@pytest.mark.parametrize(
    ("opset", "weights", "said"),
    [(6, {}, {"ratio": 0.25, "is_test": 1}), (7, {}, {"ratio": 0.25}), (13, {"r": torch.tensor(0.25)}, {})],
    ids=["6", "7", "13"],
)
def test_dropout_drops_once_the_network_trains(build, opset, weights, said):
    net = ly.onnx.load(build([("Dropout", ["x", *weights], ["y"], "", said)], weights, (1000,), opset=opset))
    x = torch.ones(1000)
    assert net(x).equal(x)
    assert 150 < (net.train()(x) == 0).sum() < 350


def test_a_dropout_that_always_drops_is_a_function(build, kinds):
    weights = {"r": torch.tensor(0.5), "t": torch.tensor(True)}
    net = ly.onnx.load(build([("Dropout", ["x", "r", "t"], ["y"], "", {})], weights, (1000,), opset=13))
    assert kinds(net) == {}
    assert 400 < (net(torch.ones(1000)) == 0).sum() < 600
