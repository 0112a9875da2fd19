from typing import Any

import pytest
import torch

from leyden.errors import OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.lower.builder import device_of
from leyden.onnx.lower.given import Origin
from leyden.onnx.lower.safety.limits import Limits


def test_every_node_says_where_it_comes_from(written: Any):
    network = load(written("net (float[2] x) => (float[2] y) { [first] h = Neg(x) [second] y = Exp(h) }"))
    origins = [node.meta["onnx"] for node in network.graph.nodes if node.op != "output"]
    assert origins == [Origin("x", "input"), Origin("first", "Neg", opset=20), Origin("second", "Exp", opset=20)]


def test_outputs_may_be_inputs_and_constants(written: Any):
    network = load(written("net (float[2] x) => (float[2] x, float[2] c) <float[2] c = {1, 2}> {}"))
    given, constant = network(torch.zeros(2))
    assert given.tolist() == [0, 0]
    assert constant.tolist() == [1, 2]


def test_a_network_may_be_without_inputs(written: Any):
    network = load(written("net () => (float[2] y) <float[2] c = {1, 2}> { y = Neg(c) }"))
    assert network().tolist() == [-1, -2]


def test_an_initialiser_that_is_an_input_too_is_no_input_of_the_network(written: Any):
    network = load(written("net (float[2] x, float[2] w) => (float[2] y) <float[2] w = {3, 4}> { y = Mul(x, w) }"))
    assert network(torch.ones(2)).tolist() == [3, 4]
    assert [value.name for value in network.meta["onnx"].inputs] == ["x"]


def test_more_nodes_than_allowed_are_refused_while_they_are_made(written: Any):
    model = written("net (float[2] x) => (float[2] y) { a = Neg(x) b = Exp(a) y = Log(b) }")
    with pytest.raises(OnnxImportError, match="more nodes than are allowed"):
        load(model, limits=Limits(nodes=3))


def test_the_device_of_a_list_is_that_of_its_first_tensor():
    assert device_of([[torch.empty(1, device="meta")]]) == torch.device("meta")
    assert device_of(None) == torch.device("cpu")
