"""Nodes as calls of functions: what they are given as numbers and what as tensors, and what is computed at once."""

import numpy as np
import pytest
import torch
from onnx.parser import parse_model
from torch import Tensor, fx

from leyden.errors import OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.lower.applying import python_numbers


def network(text: str, opset: int = 13) -> fx.GraphModule:
    return load(parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]>\n{text}'))


def arguments(net: fx.GraphModule) -> list[object]:
    """List what the last call of a function takes, tensors as "tensor"."""
    call = [node for node in net.graph.nodes if node.op == "call_function"][-1]
    return ["tensor" if isinstance(part, fx.Node) else part for part in call.args]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.tensor(3), 3),
        (torch.tensor([[1], [2]]), ((1,), (2,))),
        (np.array(["a"], dtype=object), ("a",)),
        ((1,), (1,)),
    ],
    ids=str,
)
def test_tensors_become_nested_tuples(value: object, expected: object):
    assert python_numbers(value) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ("float c = {2}", ["tensor", 2.0]),
        ("float[1] c = {2}", ["tensor", 2.0]),
        ("float[1, 1] c = {2}", ["tensor", 2.0]),
        ("float[1, 1, 1] c = {2}", ["tensor", "tensor"]),
        ("float[2] c = {2, 3}", ["tensor", "tensor"]),
    ],
)
def test_one_number_that_adds_no_axis_is_no_tensor(held: str, expected: list[object]):
    assert arguments(network(f"g (float[n, 2] x) => (y) <{held}> {{ y = Mul(x, c) }}")) == expected


def test_one_number_with_an_axis_stays_a_tensor_beside_unknown_axes():
    proto = parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> g (float[n] x) => (y) <float[1] c = {2}> { y = Mul(x, c) }'
    )
    proto.graph.input[0].type.tensor_type.ClearField("shape")
    assert load(proto)(torch.tensor(3.0)).shape == (1,)


def test_two_numbers_that_decide_the_type_stay_tensors():
    text = "g (bool[n] x) => (y) <float16 a = {1}, float16 b = {2}> { y = Where(x, a, b) }"
    assert network(text)(torch.tensor([True, False])).dtype == torch.float16


def test_one_known_index_takes_a_view():
    assert arguments(network("g (float[n, 3] x) => (y) <int64 i = {-1}> { y = Gather<axis=1>(x, i) }")) == [
        "tensor",
        -1,
    ]


def test_one_known_index_with_an_axis_keeps_that_axis():
    net = network("g (float[n, 3] x) => (y) <int64[1] i = {-1}> { y = Gather<axis=1>(x, i) }")
    assert net(torch.zeros(2, 3)).shape == (2, 1)


def test_a_tensor_is_read_where_numbers_are_needed():
    net = network("g (float[n] x, int64[1] k) => (y, i) { y, i = TopK(x, k) }")
    assert net(torch.tensor([1.0, 3.0, 2.0]), torch.tensor([2]))[0].tolist() == [3, 2]


def test_a_size_is_given_as_it_is_where_numbers_are_needed():
    net = network("g (float[n] x) => (y) <int64 z = {0}, int64 o = {1}> { s = Size(x) y = Range(z, s, o) }")
    assert net(torch.zeros(3)).tolist() == [0, 1, 2]


def test_what_is_known_is_computed_at_once():
    text = """g (float[2] x) => (y) <int64[2] a = {1, 2}, int64[2] b = {3, 4}> {
        c = Add(a, b)
        d = Cast<to=1>(c)
        y = Mul(x, d)
    }"""
    net = network(text)
    called = [node.target for node in net.graph.nodes if node.op == "call_function"]
    assert (len(called), net(torch.ones(2)).tolist()) == (1, [4, 6])


def test_a_part_of_many_is_taken_where_only_one_is_asked_for():
    assert network("g (float[4] x) => (y) { y = Split(x) }")(torch.zeros(4)).shape == (4,)


def test_an_attribute_that_the_version_does_not_have_is_an_error():
    with pytest.raises(OnnxImportError, match="has no attribute allowzero"):
        network("g (float[4] x, int64[1] s) => (y) { t = Flatten<allowzero=1>(x) y = Reshape(t, s) }")


def test_what_cannot_be_computed_is_an_error_that_says_why():
    with pytest.raises(OnnxImportError, match="cannot be computed"):
        network("g (float[4] x) => (y) <int64[3] a = {1, 2, 3}, int64[2] s = {2, 2}> { y = Reshape(a, s) }")


def test_at_run_time_errors_are_those_of_torch():
    net = network("g (float[n] x) => (y) <int64[2] s = {2, 2}> { y = Reshape(x, s) }")
    with pytest.raises(RuntimeError, match="is invalid for input of size 3"):
        net(torch.zeros(3))


def held(net: fx.GraphModule) -> list[Tensor]:
    return list(net.parameters())


def test_a_weight_that_others_use_stays_one_weight():
    text = """g (float[n, 2] x) => (y) <float[2, 2] w = {1, 2, 3, 4}> {
        t = Transpose(w)
        a = MatMul(x, t)
        b = MatMul(x, w)
        y = Add(a, b)
    }"""
    assert len(held(network(text))) == 1
