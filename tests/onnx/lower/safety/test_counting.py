from typing import Any

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import OnnxImportError
from leyden.onnx.lower.ready.cleaning import opsets_of
from leyden.onnx.lower.ready.inlining import Namer, inline
from leyden.onnx.lower.safety.counting import check_size, graphs_in, nodes_of
from leyden.onnx.lower.safety.limits import Limits


def chain(calls: list[int]) -> onnx.ModelProto:
    """Write functions F0, F1, ...: each calls the next one so many times, after a node of its own."""
    functions = []
    for level, times in enumerate(calls):
        nodes = "v0 = Neg(a) " + " ".join(f"v{i + 1} = f.F{level + 1}(v{i})" for i in range(times))
        functions.append(
            f'<domain: "f", opset_import: ["" : 20, "f" : 1]> F{level} (a) => (b) {{ {nodes} b = Abs(v{times}) }}'
        )
    last = f'<domain: "f", opset_import: ["" : 20]> F{len(calls)} (a) => (b) {{ b = Exp(a) }}'
    main = '<ir_version: 10, opset_import: ["" : 20, "f" : 1]> net (float x) => (float y) { y = f.F0(x) }'
    return onnx.parser.parse_model(" ".join((main, *functions, last)))


@given(st.lists(st.integers(0, 4), max_size=4))
def test_the_count_is_that_of_the_nodes_that_there_are_in_the_end(calls: list[int]):
    model = chain(calls)
    functions = {(function.domain, function.name, ""): function for function in model.functions}
    inline(model.graph, functions, opsets_of(model), Namer(model))
    count = sum(1 for _ in nodes_of(model.graph.node))
    check_size(chain(calls), functions, Limits(nodes=count))
    with pytest.raises(OnnxImportError, match=f"^{count} nodes; {count - 1} are allowed"):
        check_size(chain(calls), functions, Limits(nodes=count - 1))


def test_a_bomb_is_counted_and_not_tried():
    model = chain([4] * 500)
    functions = {(function.domain, function.name, ""): function for function in model.functions}
    with pytest.raises(OnnxImportError, match=r"more than 10\^\d+ nodes; 100000 are allowed \(Limits.nodes\)"):
        check_size(model, functions, Limits())


def test_depth_counts_graphs_in_nodes_and_calls():
    model = chain([1] * 10)
    functions = {(function.domain, function.name, ""): function for function in model.functions}
    check_size(model, functions, Limits(depth=12))
    with pytest.raises(OnnxImportError, match=r"nested 12 deep; 11 are allowed \(Limits.depth\)"):
        check_size(model, functions, Limits(depth=11))


def test_a_circle_of_functions_is_named(written: Any):
    model = written(
        "net (float x) => (float y) { y = f.A(x) }", more=', "f" : 1',
        functions='<domain: "f", opset_import: ["f" : 1]> A (a) => (b) { b = f.B(a) } '
        '<domain: "f", opset_import: ["f" : 1]> B (a) => (b) { b = f.A(a) }',
    )  # fmt: skip
    functions = {(function.domain, function.name, ""): function for function in model.functions}
    with pytest.raises(OnnxImportError, match=r"in a circle: (f::A, f::B, f::A|f::B, f::A, f::B)"):
        check_size(model, functions, Limits())


def test_all_graphs_in_a_graph_are_listed(written: Any):
    branches = "then_branch = t () => (float u) { u = Abs(x) }, else_branch = e () => (float v) { v = Exp(x) }"
    model = written(f"net (float x, bool c) => (float y) {{ y = If(c) <{branches}> }}")
    assert [graph.name for graph in graphs_in(model.graph)] == ["net", "t", "e"]
