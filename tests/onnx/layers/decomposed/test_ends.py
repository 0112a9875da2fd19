"""Nodes in which layers in pieces may end."""

import torch
from torch import Tensor, nn

import leyden as ly


class Scaled(nn.Module):
    """Squares, normalised as language models do it, with a weight of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(4))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


class Mixed(nn.Module):
    """An activation that is a module, and one that is a function."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.SiLU()
        self.linear = nn.Linear(4, 4)
        self.norm = Scaled()

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.silu(self.norm(self.linear(self.layer(x))))


def test_modules_in_pieces_are_layers_in_their_places_and_functions_are_functions(write, kinds):
    net, x = Mixed(), torch.randn(2, 4)
    back = ly.onnx.load(write(net, x))
    assert kinds(back) == {"layer": "SiLU", "linear": "Linear", "norm": "RMSNorm"}
    torch.testing.assert_close(back(x), net(x))


def test_a_product_waits_for_a_bias_that_is_shown_in_another_shape(build, agrees, kinds):
    nodes = [
        ("ReduceMean", ["x"], ["m"], "", {"axes": [-1]}), ("Sub", ["x", "m"], ["d"], "", {}),
        ("Mul", ["d", "d"], ["p"], "", {}), ("ReduceMean", ["p"], ["v"], "", {"axes": [-1]}),
        ("Add", ["v", "e"], ["a"], "", {}), ("Sqrt", ["a"], ["r"], "", {}), ("Div", ["d", "r"], ["n"], "", {}),
        ("Mul", ["n", "w"], ["s"], "", {}), ("Identity", ["b"], ["c"], "", {}), ("Add", ["s", "c"], ["y"], "", {}),
    ]  # fmt: skip
    weights = {"e": torch.tensor(1e-5), "w": torch.rand(4), "b": torch.rand(4)}
    model = build(nodes, weights, (3, 4), opset=13)
    assert kinds(ly.onnx.load(model)) == {"layernorm1": "LayerNorm"}
    agrees(model, torch.randn(3, 4))


def test_plain_arithmetic_stays_plain(build, agrees, kinds):
    nodes = [("Mul", ["x", "w"], ["m"], "", {}), ("Div", ["m", "c"], ["d"], "", {}), ("Add", ["d", "w"], ["y"], "", {})]
    model = build(nodes, {"w": torch.rand(4), "c": torch.tensor(2.0)}, (3, 4))
    assert kinds(ly.onnx.load(model)) == {}
    agrees(model, torch.randn(3, 4))
