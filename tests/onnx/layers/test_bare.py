"""Layers without values of their own."""

import onnx_ir as ir
import pytest
import torch
from torch import nn

from leyden.onnx.layers.bare import bare, decimal, filled, fits, is_filler
from leyden.onnx.lower.builder import Builder, Shared
from leyden.onnx.lower.call import Call
from leyden.onnx.lower.given import Given


def call_of(build, bias: str, *, name: str = "/conv/Conv") -> tuple[Call, Given]:
    """Make the call of a convolution with a bias of zeros, and say what is known of that."""
    weights = {"conv.weight": torch.ones(2, 1, 1), bias: torch.zeros(2)}
    model = build([("Conv", ["x", "conv.weight", bias], ["y"], name, {})], weights, (1, 1, 3))
    graph = ir.serde.deserialize_model(model).graph
    call = Call(Builder(graph, Shared({"": 21})), graph[0], coming=graph.inputs[0])
    given = call.given(2)
    assert given is not None
    return call, given


@pytest.mark.parametrize(
    ("bias", "expected"),
    [("conv.bias", True), ("conv.weight_bias", True), ("other.bias", False), ("val_3", True)],
)
def test_a_weight_that_torch_called_otherwise_fits_no_layer(build, bias: str, expected: bool):
    assert fits(*call_of(build, bias), "conv") is expected


@pytest.mark.parametrize(
    ("bias", "name", "expected"),
    [("conv.bias", "/conv/Conv", False), ("val_3", "/conv/Conv", True), ("val_3", "Conv_1", False)],
)
def test_only_zeros_without_a_name_of_torch_are_made_up(build, bias: str, name: str, expected: bool):
    assert is_filler(*call_of(build, bias, name=name), 0) is expected


def test_a_bare_layer_draws_no_random_numbers():
    state = torch.random.get_rng_state()
    bare(lambda: nn.Linear(3, 4))
    assert torch.random.get_rng_state().equal(state)


@pytest.mark.parametrize(
    "make",
    [lambda: nn.Conv2d(2, 4, 3), lambda: nn.ConvTranspose1d(2, 4, 3), lambda: nn.Embedding(5, 3), lambda: nn.LSTM(2, 3),
     lambda: nn.LayerNorm(4), lambda: nn.PReLU(3)],
    ids=["Conv2d", "ConvTranspose1d", "Embedding", "LSTM", "LayerNorm", "PReLU"],
)  # fmt: skip
def test_a_bare_layer_is_one_as_torch_makes_it_without_memory(make):
    layer, right = bare(make), make()
    assert repr(layer) == repr(right)
    assert all(tensor.is_meta for tensor in layer.state_dict().values())
    assert {name: value.shape for name, value in layer.state_dict().items()} == {
        name: value.shape for name, value in right.state_dict().items()
    }


def test_a_filled_layer_holds_the_very_parameter():
    weight = nn.Parameter(torch.zeros(4, 3))
    assert filled(bare(lambda: nn.Linear(3, 4, bias=False)), weight=weight).weight is weight


def test_decimals_are_those_that_were_meant():
    assert [decimal(float(torch.tensor(number))) for number in (1e-5, 0.9, 0.044715, 2.0)] == [1e-5, 0.9, 0.044715, 2.0]
