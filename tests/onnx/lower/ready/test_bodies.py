from typing import Any

import pytest
import torch

from leyden.onnx.lower.ready.bodies import expand, schema_of, version_of
from leyden.onnx.lower.ready.inference import infer
from leyden.onnx.lower.ready.inlining import VERSION, Namer


def ops(model: Any) -> list[str]:
    return [node.op_type for node in model.graph.node]


@pytest.mark.parametrize(
    ("body", "opset", "wanted"),
    [
        ("y = Celu<alpha = 2.0>(x)", 28, {"Elu", "Div"}),
        ("y = Gelu(x)", 20, {"Erf"}),
        ("y = Clip(x, low)", 13, {"Less", "Where"}),
        ("y = Softmax(x)", 13, {"ReduceMax", "Exp"}),
        ("y = LayerNormalization(x, low)", 17, {"Flatten", "ReduceMean"}),
    ],
)
def test_an_operator_becomes_the_nodes_that_onnx_defines_it_by(written: Any, body: str, opset: int, wanted: set[str]):
    model = infer(written(f"net (float[2, 3] x, float low) => (float[2, 3] y) {{ {body} }}", opset=opset), {"": opset})
    known = model.graph.node[0].op_type
    assert expand(model, {"": opset}, lambda node: node.op_type != known, Namer(model))
    assert wanted & set(ops(model))
    assert known not in ops(model)


def test_nothing_is_replaced_where_everything_is_known(written: Any):
    model = written("net (float[2] x) => (float[2] y) { y = Gelu(x) }")
    assert not expand(model, {"": 20}, lambda _: True, Namer(model))
    assert ops(model) == ["Gelu"]


def test_attributes_that_a_node_leaves_out_have_their_defaults(written: Any):
    model = infer(
        written("net (float[2] x) => (float[2] y) { y = HardSwish(x) z = ThresholdedRelu(x) }", opset=22), {"": 22}
    )
    expand(model, {"": 22}, lambda node: node.op_type != "ThresholdedRelu", Namer(model))
    constant = next(node for node in model.graph.node if node.op_type == "Constant")
    assert torch.tensor(constant.attribute[0].f) == 1.0


def test_a_node_without_a_body_stays(written: Any):
    model = written("net (float[2] x) => (float[2] y) { y = com.acme.Foo(x) }", more=', "com.acme" : 1')
    assert not expand(model, {"": 20, "com.acme": 1}, lambda _: False, Namer(model))


def test_a_node_may_be_of_another_version_than_its_file(written: Any):
    node = written("net (float[2] x) => (float[2] y) { y = Relu(x) }").graph.node[0]
    assert version_of(node, {"": 20}) == 20
    node.metadata_props.add(key=VERSION, value="6")
    schema = schema_of(node, {"": 20})
    assert schema is not None
    assert schema.since_version == 6
