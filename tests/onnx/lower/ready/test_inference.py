from typing import Any

import onnx
import pytest

from leyden.onnx.lower.ready.inference import forget, infer
from leyden.onnx.value import read_value

OPSETS = {"": 20, "com.acme": 1}


def types(model: onnx.ModelProto) -> dict[str, str]:
    done = infer(model, OPSETS).graph
    return {value.name: read_value(value).type for value in (*done.value_info, *done.output)}


def test_what_a_file_says_of_inner_values_is_not_believed(written: Any):
    model = written("net (float[2, 3] x) => (float[7] y) { h = Transpose(x) y = Neg(h) }")
    model.graph.value_info.append(onnx.helper.make_tensor_value_info("h", 7, [9, 9, 9]))
    forget(model, OPSETS)
    assert types(model) == {"h": "float32[3, 2]", "y": "float32[3, 2]"}


def test_what_a_file_says_of_strange_operators_is_all_there_is(written: Any):
    model = written(
        "net (float[2, 3] x) => (float y) { h = com.acme.Foo(x) y = Transpose(h) }", more=', "com.acme" : 1'
    )
    model.graph.value_info.append(onnx.helper.make_tensor_value_info("h", 1, [4, 5]))
    forget(model, OPSETS)
    assert types(model) == {"h": "float32[4, 5]", "y": "float32[5, 4]"}


def test_sizes_that_are_computed_are_followed(written: Any):
    text = "s = Shape(x) n = Slice(s, start, end) t = Concat<axis = 0>(n, rest) y = ConstantOfShape(t)"
    given = "<int64[1] start = {0}, int64[1] end = {1}, int64[1] rest = {5}>"
    assert types(written(f"net (float[batch, 3, 4] x) => (float y) {given} {{ {text} }}"))["y"] == "float32[batch, 5]"


@pytest.mark.parametrize(
    "text",
    [
        "net (float x) => (float y) { h = com.acme.Foo(x) y = EyeLike(h) }",
        "net (string x) => (bool y) { h = com.acme.Foo(x) y = RegexFullMatch<pattern = \"a\">(h) }",
        "net (float[3] x) => (float y) { y, z = Split<num_outputs = 1>(x) }",
        "net (float[2, 2] x, int64[2, 2] i) => (float y) { y = GatherND<batch_dims = -3>(x, i) }",
    ],
    ids=["EyeLike", "RegexFullMatch", "Split", "GatherND"],
)  # fmt: skip
def test_what_ends_the_process_of_onnx_does_not_reach_it(written: Any, text: str):
    infer(written(text, more=', "com.acme" : 1'), OPSETS)


def test_fragile_operators_are_inferred_where_all_types_are_known(written: Any):
    assert types(written("net (float[2, 3] x) => (double y) { y = EyeLike<dtype = 11>(x) }")) == {"y": "float64[2, 3]"}


def test_a_long_list_is_no_shape(written: Any):
    text = "net (int64[1099511627776] x) => (int64 y) { s = Shape(x) y = Cast<to = 6>(x) }"
    assert types(written(text))["y"] == "int32[1099511627776]"


def test_the_model_given_stays_as_it_is(written: Any):
    model = written("net (float[2] x) => (float[9] y) { y = Neg(x) }")
    before = model.SerializeToString()
    infer(model, OPSETS)
    assert model.SerializeToString() == before


def test_what_is_split_again_and_again_has_its_types(written: Any):
    text = "a, b = Split<axis = 1, num_outputs = 2>(x) c, d = Split<axis = 1, num_outputs = 2>(a) y = Neg(c)"
    assert types(written(f"net (float[2, 8] x) => (float y) {{ {text} }}"))["y"] == "float32[2, 2]"
