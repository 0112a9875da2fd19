"""Weights in another shape or order."""

import pytest
import torch
from onnx.parser import parse_model
from torch import fx

from leyden.onnx.loading import load


def network(body: str, weight: str = "float[2,3] w = {1, 2, 3, 4, 5, 6}") -> fx.GraphModule:
    text = f'<ir_version: 8, opset_import: ["" : 13]> g (float[a,b] x) => (float[c,d] y) <{weight}> {{ {body} }}'
    return load(parse_model(text))


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("t = Transpose(w) y = MatMul(x, t)", (3, 2)),
        ("t = Transpose(w) u = Transpose(t) v = Transpose(u) y = MatMul(x, v)", (3, 2)),
    ],
    ids=["once", "three times"],
)
def test_a_layer_owns_the_matrix_that_is_shown_turned(body: str, shape: tuple[int, int]):
    assert tuple(network(body).get_parameter("linear1.weight").shape) == shape[::-1]


def test_what_takes_a_view_as_it_is_computes_it_of_the_one_parameter():
    net = network("t = Transpose(w) y = Add(x, t)")
    assert [name for name, _ in net.named_parameters()] == ["w"]
    net(torch.zeros(3, 2)).sum().backward()
    assert net.get_parameter("w").grad is not None


def test_views_of_a_shared_weight_do_not_copy_it():
    net = network("t = Transpose(w) h = MatMul(x, t) y = MatMul(h, w)")
    assert sum(part.numel() for part in net.parameters()) == 6
    x = torch.tensor([[1.0, 0, 0]])
    weight = net.get_parameter("linear1.weight")
    assert net(x).tolist() == (x @ weight.t() @ weight).tolist()


def test_a_view_of_a_view_in_another_shape_is_no_longer_turned():
    weight = "float[2,2] w = {1, 2, 3, 4}, int64[2] s = {1, 4}, int64[2] q = {2, 2}"
    body = "r = Reshape(w, s) t = Transpose(r) u = Reshape(t, q) v = Transpose(u) y = MatMul(x, v)"
    net = network(body, weight)
    assert net(torch.eye(2)).tolist() == [[1, 3], [2, 4]]


def test_a_cast_to_the_type_that_a_weight_has_is_that_weight():
    net = network("c = Cast <to = 1> (w) t = Transpose(c) y = MatMul(x, t)")
    assert [name for name, _ in net.named_parameters()] == ["linear1.weight"]


def test_a_cast_to_another_type_is_computed():
    net = network("c = Cast <to = 11> (w) d = Cast <to = 11> (x) e = Add(d, c) y = Cast <to = 1> (e)")
    assert net(torch.zeros(2, 3)).tolist() == [[1, 2, 3], [4, 5, 6]]
