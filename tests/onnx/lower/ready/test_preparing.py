from typing import Any

from leyden.onnx.lower.ready.preparing import Prepared, prepare
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.opening import Opened


def prepared(model: Any, **limits: int) -> Prepared:
    allowed = Limits(**limits)
    with Opened(model, allowed) as opened:
        return prepare(opened, "a model", {}, allowed)


def test_a_file_is_sorted_typed_and_without_constants(written: Any):
    text = "net (float[2, 3] x) => (float y) { y = Reshape(h, s) h = Neg(x) s = Constant<value_ints = [3, 2]>() }"
    graph = prepared(written(text)).graph
    assert [node.op_type for node in graph] == ["Neg", "Reshape"]
    assert list(graph.initializers) == ["s"]
    assert str(graph.outputs[0].shape) == "[3,2]"


def test_operators_that_have_no_function_here_are_replaced_by_their_bodies(written: Any):
    text = "net (float[2, 3] x) => (float y) { h = f.Known(x) y = Neg(h) }"
    body = '<domain: "f", opset_import: ["" : 20]> Known (a) => (b) { b = Exp(a) }'
    graph = prepared(written(text, more=', "f" : 1', functions=body)).graph
    assert [node.op_type for node in graph] == ["Exp", "Neg"]


def test_the_budget_grows_with_the_weights(written: Any):
    model = written("net (float[2] x) => (float y) <float[2] w = {1, 2}> { y = Add(x, w) }")
    assert prepared(model).budget.bytes == 2**26 + 4 * 8
    assert prepared(model, fold_bytes=5, fold_work=7).budget.work == 7


def test_it_says_what_the_file_said(written: Any):
    ready = prepared(written("net (float[batch, 2] x) => (float y) { y = Neg(x) }"))
    assert ready.imported.source == "a model"
    assert [str(value) for value in ready.imported.outputs] == ["y: float32[batch, 2]"]
    assert ready.opsets == {"": 20}
