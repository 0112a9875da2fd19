"""Normalisations that a file has in pieces."""

from typing import Any

import numpy as np
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor

import leyden as ly

Node = tuple[str, list[str], list[str], str, dict[str, Any]]


def node(op: str, inputs: str, output: str, **said: Any) -> Node:
    return op, inputs.split(), [output], "", said


def mean(data: str, output: str) -> Node:
    return node("ReduceMean", data, output, axes=[-1])


ROOT = [node("Pow", "d two", "p"), mean("p", "v"), node("Add", "v e", "a"), node("Sqrt", "a", "r")]
LESS = [mean("x", "m"), node("Sub", "x m", "d")]
WEIGHTS = {
    "two": torch.tensor(2.0),
    "e": torch.tensor(1e-3),
    "one": torch.tensor(1.0),
    "w": torch.rand(4),
    "b": torch.randn(4),
}
FORMS = {
    "layer with bias": [*LESS, *ROOT, node("Div", "d r", "n"), node("Mul", "n w", "s"), node("Add", "s b", "y")],
    "layer, bias first": [*LESS, *ROOT, node("Div", "d r", "n"), node("Mul", "w n", "s"), node("Add", "b s", "y")],
    "layer without bias": [*LESS, *ROOT, node("Div", "d r", "n"), node("Mul", "n w", "y")],
    "layer, squared by itself": [
        *LESS, node("Mul", "d d", "p"), *ROOT[1:], node("Div", "d r", "n"), node("Mul", "n w", "y"),
    ],
    "root, inverted": [
        node("Identity", "x", "d"), *ROOT, node("Reciprocal", "r", "i"), node("Mul", "d i", "n"),
        node("Mul", "n w", "y"),
    ],
    "root, divided": [
        node("Identity", "x", "d"), *ROOT, node("Div", "one r", "i"), node("Mul", "i d", "n"), node("Mul", "w n", "y"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_pieces_become_one_layer(build, agrees, kinds, form: str):
    model = build(FORMS[form], WEIGHTS, (3, 4), opset=13)
    kind = "RMSNorm" if "root" in form else "LayerNorm"
    assert list(kinds(ly.onnx.load(model)).values()) == [kind]
    agrees(model, torch.randn(3, 4))


def test_epsilon_is_the_one_of_the_file(build):
    assert ly.onnx.load(build(FORMS["layer with bias"], WEIGHTS, (3, 4), opset=13)).layernorm1.eps == 1e-3


@pytest.mark.parametrize(
    "nodes",
    [
        [mean("x", "m"), node("Sub", "m x", "d"), *ROOT, node("Div", "d r", "n"), node("Mul", "n w", "y")],
        [*LESS, node("Pow", "d one", "p"), *ROOT[1:], node("Div", "d r", "n"), node("Mul", "n w", "y")],
        [*LESS, *ROOT, node("Div", "r d", "n"), node("Mul", "n w", "y")],
        [
            node("ReduceMean", "x", "m", axes=[0]), *LESS[1:], *ROOT, node("Div", "d r", "n"), node("Mul", "n w", "y"),
        ],
    ],
    ids=["turned", "not squared", "upside down", "another axis"],
)  # fmt: skip
def test_what_only_looks_alike_is_no_layer_norm(build, agrees, kinds, nodes: list[Node]):
    model = build(nodes, WEIGHTS, (3, 4), opset=13)
    assert "LayerNorm" not in kinds(ly.onnx.load(model)).values()
    agrees(model, torch.randn(3, 4) + 1)


def groups(shape: list[int]) -> tuple[list[Node], dict[str, Tensor]]:
    nodes = [
        node("Reshape", "x g", "f"), node("InstanceNormalization", "f i z", "n"), node("Shape", "x", "h"),
        node("Reshape", "n h", "k"), node("Mul", "k w", "s"), node("Add", "s b", "y"),
    ]  # fmt: skip
    return nodes, {"g": torch.tensor(shape), "w": torch.rand(4, 1, 1), "b": torch.rand(4, 1, 1)}


def test_groups_of_channels_made_channels_are_a_group_norm(build, agrees, kinds):
    nodes, weights = groups([0, 2, -1])
    ones = numpy_helper.from_array(np.ones(1, np.float32))
    made = [node("ConstantOfShape", "c", "i", value=ones), node("ConstantOfShape", "c", "z")]
    model = build([*made, *nodes], {**weights, "c": torch.tensor([2])}, ("batch", 4, 3, 3), opset=17)
    assert kinds(ly.onnx.load(model)) == {"groupnorm1": "GroupNorm"}
    agrees(model, torch.randn(2, 4, 3, 3))
