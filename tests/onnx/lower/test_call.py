import onnx_ir as ir
import pytest

from leyden.onnx.layers.convolution import convolution
from leyden.onnx.lower.builder import Builder, Shared
from leyden.onnx.lower.call import Call, find_maker, maker, makers


def call_of(text: str) -> Call:
    model = ir.from_onnx_text(f'<ir_version: 10, opset_import: ["" : 20]> {text}')
    builder = Builder(model.graph, Shared({"": 20}))
    for value in model.graph.inputs:
        builder._known[value] = builder._described(value, node=builder.graph.placeholder(value.name or ""))
    return Call(builder, model.graph[0])


def test_it_says_what_a_node_is_and_takes():
    call = call_of("net (float[2] x) => (float[2] y) <float[1] low = {0}> { [cut] y = Clip(x, low) }")
    assert (call.op, call.domain, call.opset, call.name) == ("Clip", "", 20, "cut")
    low = call.constant(1)
    assert low is not None
    assert low.literal() == (0.0,)
    assert call.constant(0) is None
    assert call.given(2) is None


def test_outputs_that_nobody_asked_for_are_left_out():
    call = call_of('net (float[2] x) => (float[2] y) { y, "" = Dropout(x) }')
    assert [value.name for value in call.outputs] == ["y"]


def test_a_follower_is_the_only_taker_and_sees_what_comes_as_not_known():
    call = call_of("net (float[2] x) => (float[2] y) <float[1] c = {1}> { h = Relu(x) y = Add(h, c) }")
    follower = call.follower("Add")
    assert follower is not None
    coming = follower.given(0)
    assert coming is not None
    assert (coming.node, coming.is_constant) == (None, False)
    assert call.follower("Mul") is None


def test_a_node_of_another_version_keeps_it():
    model = ir.from_onnx_text('<ir_version: 10, opset_import: ["" : 20]> n (float[2] x) => (float[2] y) {y = Relu(x)}')
    model.graph[0].version = 13
    builder = Builder(model.graph, Shared({"": 20}))
    builder._known[model.graph.inputs[0]] = builder._described(
        model.graph.inputs[0], node=builder.graph.placeholder("x")
    )
    assert Call(builder, model.graph[0]).origin.opset == 13


def test_an_operator_has_one_maker():
    assert find_maker("Conv") is convolution
    assert ("", "Conv") in makers()
    with pytest.raises(ValueError, match="has a maker already"):
        maker("Conv")(lambda call: None)
