from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from leyden.onnx.loading import load
from leyden.onnx.lower.ready.inlining import Namer

MORE = ', "f" : 1'


def agrees(model: onnx.ModelProto, *inputs: np.ndarray) -> onnx.ModelProto:
    """Compare the network with what onnxruntime makes of the file."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    expected = session.run(None, dict(zip(names, inputs, strict=True)))
    given = load(model)(*map(torch.from_numpy, inputs))
    for one, other in zip(expected, given if len(expected) > 1 else [given], strict=True):
        np.testing.assert_allclose(other.detach().numpy(), one, rtol=1e-6)
    return model


def test_a_function_that_calls_a_function_is_put_in_place_with_its_attributes(written: Any):
    agrees(
        written(
            "net (float[2] x) => (float[2] y) { h = f.Outer<slope = 0.5>(x) y = f.Outer(h) }", more=MORE,
            functions='<domain: "f", opset_import: ["" : 20, "f" : 1]> Outer <slope: float = 0.1>(a) => (b) '
            "{ c = Neg(a) d = f.Inner<alpha: float = @slope>(c) b = Add(d, a) } "
            '<domain: "f", opset_import: ["" : 20]> Inner <alpha>(a) => (b) '
            "{ b = LeakyRelu<alpha: float = @alpha>(a) }",
        ),
        np.array([-1, 2], np.float32),
    )  # fmt: skip


def test_a_function_with_a_branch_takes_values_from_around_it(written: Any):
    agrees(
        written(
            "net (float[2] x, bool go) => (float[2] y, float[2] z) { y = f.Choose(x, go) z = f.Choose(y, go) }",
            more=MORE, functions='<domain: "f", opset_import: ["" : 20]> Choose (a, go) => (b) { n = Neg(a) b = If(go) '
            "<then_branch = t () => (float[2] r) { r = Add(n, n) }, "
            "else_branch = e () => (float[2] r) { r = Exp(a) }> }",
        ),
        np.array([-1, 2], np.float32), np.array(True),
    )  # fmt: skip


def test_an_input_that_is_left_out_is_left_out_inside(written: Any):
    agrees(
        written(
            'net (float[2] x, float low) => (float[2] y) { h = f.Cut(x, low) y = f.Cut(h, "") }', more=MORE,
            functions='<domain: "f", opset_import: ["" : 20]> Cut (a, l) => (b) { b = Clip(a, l) }',
        ),
        np.array([-1, 2], np.float32), np.array(0.5, np.float32),
    )  # fmt: skip


def test_an_output_may_be_an_input_or_another_output():
    text = (
        '<ir_version: 10, opset_import: ["" : 20, "f" : 1]> net (float[2] x) => (float[2] y, float[2] z, float[2] w) '
        '{ y, z, w = f.Same(x) } <domain: "f", opset_import: ["" : 20]> Same (a) => (a, b, b) { b = Neg(a) }'
    )
    network = load(onnx.parser.parse_model(text))
    assert [part.tolist() for part in network(torch.ones(2))] == [[1, 1], [-1, -1], [-1, -1]]


def test_a_function_of_another_version_keeps_its_meaning(written: Any):
    model = written(
        "net (float[2, 3] x) => (float[2, 3] y) { y = f.Old(x) }", more=MORE,
        functions='<domain: "f", opset_import: ["" : 11]> Old (a) => (b) { b = Softmax<axis = 0>(a) }',
    )  # fmt: skip
    given = load(model)(torch.zeros(2, 3))
    torch.testing.assert_close(
        given, torch.full((2, 3), 1 / 6)
    )  # before version 13 it counts all axes from that one on


def test_a_node_says_from_which_call_it_comes(written: Any):
    model = written(
        "net (float[2] x) => (float[2] y) { [first] y = f.Twice(x) }", more=MORE,
        functions='<domain: "f", opset_import: ["" : 20]> Twice (a) => (b) { [sum] b = Add(a, a) }',
    )  # fmt: skip
    origins = [node.meta["onnx"].name for node in load(model).graph.nodes if node.op == "call_function"]
    assert origins == ["first_sum"]


@pytest.mark.parametrize(("name", "free"), [("new", "new"), ("x", "x_2"), ("inside", "inside_2")])
def test_new_names_are_free_in_all_graphs(written: Any, name: str, free: str):
    branch = "() => (float inside) { inside = Constant<value = float {1}>() }"
    model = written(f"net (bool x) => (float y) {{ y = If(x) <then_branch = g {branch}, else_branch = h {branch}> }}")
    assert Namer(model).fresh(name) == free
