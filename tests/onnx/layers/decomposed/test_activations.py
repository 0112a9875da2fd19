"""Activations that a file has in pieces."""

import math
from typing import Any

import pytest
import torch

import leyden as ly

Node = tuple[str, list[str], list[str], str, dict[str, Any]]
NUMBERS = {
    "root": math.sqrt(2), "inverse": math.sqrt(0.5), "one": 1.0, "half": 0.5, "three": 3.0, "six": 6.0, "zero": 0.0,
    "cubic": 0.044715, "slope": math.sqrt(2 / math.pi), "quarter": 0.25,
}  # fmt: skip


def node(op: str, inputs: str, output: str, **said: Any) -> Node:
    return op, inputs.split(), [output], "", said


ERF = [node("Erf", "z", "e"), node("Add", "e one", "g")]
CUBE = [node("Pow", "x three", "p"), node("Mul", "cubic p", "c"), node("Add", "x c", "i")]
FORMS = {
    "x * (1 + erf(x / sqrt 2)) * half": [
        node("Div", "x root", "z"), *ERF, node("Mul", "x g", "m"), node("Mul", "m half", "y"),
    ],
    "half * x * (1 + erf(x * sqrt half))": [
        node("Mul", "half x", "h"), node("Mul", "x inverse", "z"), *ERF, node("Mul", "h g", "y"),
    ],
    "x * (half * (1 + erf(x / sqrt 2)))": [
        node("Div", "x root", "z"), *ERF, node("Mul", "half g", "h"), node("Mul", "x h", "y"),
    ],
    "tanh": [
        *CUBE, node("Mul", "i slope", "u"), node("Tanh", "u", "t"), node("Add", "one t", "g"), node("Mul", "x g", "m"),
        node("Mul", "half m", "y"),
    ],
    "x * sigmoid(x)": [node("Sigmoid", "x", "g"), node("Mul", "x g", "y")],
    "sigmoid(x) * x": [node("Sigmoid", "x", "g"), node("Mul", "g x", "y")],
    "x * hardsigmoid(x)": [node("HardSigmoid", "x", "g", alpha=1 / 6), node("Mul", "x g", "y")],
    "x * relu6(x + 3) / 6": [
        node("Add", "x three", "a"), node("Clip", "a zero six", "g"), node("Mul", "x g", "m"),
        node("Div", "m six", "y"),
    ],
    "mish": [node("Softplus", "x", "s"), node("Tanh", "s", "g"), node("Mul", "x g", "y")],
}  # fmt: skip
LAYERS = ["GELU", "GELU", "GELU", "GELU", "SiLU", "SiLU", "Hardswish", "Hardswish", "Mish"]


@pytest.mark.parametrize(("form", "layer"), [*zip(FORMS, LAYERS, strict=True)])
def test_the_pieces_become_one_layer(build, agrees, form: str, layer: str):
    weights = {name: torch.tensor(value) for name, value in NUMBERS.items()}
    model = build(FORMS[form], weights, (3, 4))
    net = ly.onnx.load(model)
    assert [(part.op, part.target) for part in net.graph.nodes][1:-1] == [("call_module", f"{layer.lower()}1")]
    agrees(model, torch.randn(3, 4) * 2)


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Div", "x root", "z"), *ERF, node("Mul", "x g", "m"), node("Mul", "m quarter", "y")],
        [node("Div", "x half", "z"), *ERF, node("Mul", "x g", "m"), node("Mul", "m half", "y")],
        [node("Sigmoid", "x", "g"), node("Tanh", "x", "t"), node("Mul", "t g", "y")],
        [node("HardSigmoid", "x", "g"), node("Mul", "x g", "y")],
        [node("Mul", "x x", "y")],
    ],
    ids=["quarter", "twice", "other", "fifth", "square"],
)  # fmt: skip
def test_what_only_looks_alike_stays_what_it_is(build, agrees, kinds, nodes: list[Node]):
    model = build(nodes, {name: torch.tensor(value) for name, value in NUMBERS.items()}, (3, 4))
    assert not {"GELU", "SiLU", "Hardswish"} & set(kinds(ly.onnx.load(model)).values())
    agrees(model, torch.randn(3, 4))
