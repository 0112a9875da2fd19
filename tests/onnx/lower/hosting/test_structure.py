"""What is known of Python numbers while a network is made."""

import operator

import torch
from onnx.parser import parse_model
from torch import fx

from leyden.onnx.loading import load
from leyden.onnx.lower.hosting.structure import drop_unused, is_plain
from leyden.onnx.ops.shaping.layout import axis_size


def test_a_structure_is_plain_without_nodes():
    node = fx.Graph().placeholder("x")
    assert (is_plain((1, (2, 3))), is_plain((1, (node,))), is_plain(node)) == (True, False, False)


def test_calls_whose_values_nobody_takes_are_dropped_with_what_they_took():
    graph = fx.Graph()
    x = graph.placeholder("x")
    graph.call_function(operator.add, (graph.call_function(axis_size, (x, 0)), 1))
    graph.output(x)
    drop_unused(graph)
    assert [node.op for node in graph.nodes] == ["placeholder", "output"]


def test_one_node_asks_for_a_size_that_many_take():
    text = """<ir_version: 8, opset_import: ["" : 13]> g (float[n, 2] x) => (y) {
        a = Shape(x)
        b = Shape(x)
        c = Concat<axis=0>(a, b)
        y = Expand(x, b)
        z = Reshape(x, c)
    }"""
    nodes = [node for node in load(parse_model(text)).graph.nodes if node.target is axis_size]
    assert len(nodes) == 1


def test_sizes_of_a_size_are_known():
    text = '<ir_version: 8, opset_import: ["" : 13]> g (float[n, 2] x) => (y) { s = Shape(x) y = Shape(s) }'
    assert load(parse_model(text))(torch.zeros(3, 2)).tolist() == [2]
