from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from leyden.errors import OnnxImportError
from leyden.onnx.lower.ready.sorting import sort


@given(st.permutations(range(6)))
def test_nodes_in_any_order_become_a_chain(order: list[int]):
    nodes = [helper.make_node("Neg", [f"v{i}"], [f"v{i + 1}"]) for i in order]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [value("v0", 1, [1])], [value("v6", 1, [1])])
    sort(graph)
    assert [node.input[0] for node in graph.node] == [f"v{i}" for i in range(6)]


def test_nodes_that_need_not_move_stay(written: Any):
    graph = written("net (float x) => (float c) { b = Neg(x) a = Abs(x) c = Add(a, b) }").graph
    sort(graph)
    assert [node.output[0] for node in graph.node] == ["b", "a", "c"]


def test_a_node_waits_for_what_its_branches_take(written: Any):
    branch = "() => (float r) { r = Neg(late) }"
    text = f"y = If(x) <then_branch = g {branch}, else_branch = h {branch}> late = Cast<to = 1>(x)"
    graph = written(f"net (bool x) => (float y) {{ {text} }}").graph
    sort(graph)
    assert [node.op_type for node in graph.node] == ["Cast", "If"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("y = Add(x, z) z = Neg(y)", "nodes wait for each other in a circle: Add 'y', Neg 'z'"),
        ("y = Neg(x) y = Abs(x)", "two nodes, or a node and an input or tensor, give 'y'"),
        ("x = Neg(x) y = Neg(x)", "give 'x'"),
        ("y = Add(x, nobody)", "value 'nobody' is given by no node, and taken by Add 'y'"),
        ("z = Neg(x)", "value 'y' is given by no node, and taken by an output"),
        ("a = Neg(one) b = Neg(two) y = Add(a, b)", "value 'one' is given by no .*; value 'two' is given by no"),
    ],
)
def test_what_has_no_order_is_refused_with_all_its_faults(written: Any, body: str, message: str):
    with pytest.raises(OnnxImportError, match=message):
        sort(written(f"net (float x) => (float y) {{ {body} }}").graph)
