"""Slice, as a subscript."""

import operator

import pytest
import torch
from onnx.parser import parse_model
from torch import fx

from leyden.onnx.loading import load
from leyden.onnx.ops.shaping.slicing import cut

X = torch.arange(60).reshape(3, 4, 5)


def network(held: str, inputs: str, opset: int = 13) -> fx.GraphModule:
    header = f'<ir_version: 8, opset_import: ["" : {opset}]>'
    return load(parse_model(f"{header} g (int64[n, 4, 5] x) => (y) <{held}> {{ {inputs} }}"))


@pytest.mark.parametrize(
    ("starts", "ends", "axes", "steps"),
    [
        ("1", "9223372036854775807", "1", "1"),
        ("-9223372036854775807", "-1", "-1", "2"),
        ("0, 1", "2, 4", "2, 0", "1, 3"),
        ("-1", "-9223372036854775807", "1", "-2"),
    ],
)
def test_slices_are_those_of_the_operator(starts: str, ends: str, axes: str, steps: str):
    names = {"a": starts, "b": ends, "c": axes, "d": steps}
    held = ", ".join(f"int64[{len(text.split(','))}] {name} = {{{text}}}" for name, text in names.items())
    numbers = [tuple(int(number) for number in text.split(",")) for text in names.values()]
    if "-9" in starts:
        numbers[0] = (0,)
    assert torch.equal(network(held, "y = Slice(x, a, b, c, d)")(X), cut(X, *numbers))


def test_known_slices_are_subscripts():
    held = "int64[1] a = {1}, int64[1] b = {3}, int64[1] c = {1}"
    calls = [node for node in network(held, "y = Slice(x, a, b, c)").graph.nodes if node.op == "call_function"]
    assert [(node.target, node.args[1]) for node in calls] == [(operator.getitem, (slice(None), slice(1, 3)))]


def test_starts_and_ends_were_attributes_before():
    net = network("float unused = {0}", "y = Slice<starts=[0, 1], ends=[-1, 1000]>(x)", 9)
    assert torch.equal(net(X), X[0:-1, 1:1000])


def test_ends_may_be_sizes():
    held = "int64[1] a = {0}, int64[1] c = {1}"
    net = network(held, "s = Shape(x) n = Slice(s, a, c) y = Slice(x, a, n, c)")
    assert net(X).shape == (3, 3, 5)


def test_ends_may_be_tensors():
    text = """<ir_version: 8, opset_import: ["" : 13]> g (float[n] x, int64[1] e) => (y) <int64[1] s = {0}> {
        y = Slice(x, s, e)
    }"""
    assert load(parse_model(text))(torch.zeros(5), torch.tensor([2])).shape == (2,)
