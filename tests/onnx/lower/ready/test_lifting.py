from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from leyden.errors import OnnxImportError
from leyden.onnx.lower.ready.lifting import lift


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ("value = float[2] {1, 2}", [1.0, 2.0]), ("value_int = 3", 3), ("value_ints = [3, 4]", [3, 4]),
        ("value_float = 0.5", 0.5), ("value_floats = [0.5, 1.5]", [0.5, 1.5]), ('value_string = "a"', b"a"),
        ('value_strings = ["a", "b"]', [b"a", b"b"]),
    ],
)  # fmt: skip
def test_each_way_to_write_a_constant_becomes_a_tensor(written: Any, setting: str, wanted: object):
    graph = written(f"net () => (float y) {{ y = Constant<{setting}>() }}").graph
    lift(graph, allowed=100)
    assert not graph.node
    content = graph.initializer[0].string_data if b"a" in np.ravel(wanted) else None
    read = numpy_helper.to_array(graph.initializer[0])
    assert (list(content) if content else read.tolist()) == (np.ravel(wanted).tolist() if content else wanted)


def test_constants_of_branches_stay_in_their_branches(written: Any):
    branch = "() => (float c) { c = Constant<value_float = 1.0>() }"
    graph = written(
        f"net (bool x) => (float y) {{ y = If(x) <then_branch = g {branch}, else_branch = h {branch}> }}"
    ).graph
    lift(graph, allowed=100)
    inner = graph.node[0].attribute[0].g
    assert [tensor.name for tensor in inner.initializer] == ["c"]
    assert not inner.node


def test_sparse_tensors_get_their_zeros():
    values = numpy_helper.from_array(np.array([5.0], np.float32), "w")
    sparse = helper.make_sparse_tensor(values, numpy_helper.from_array(np.array([[1, 0]]), "i"), [2, 2])
    constant = helper.make_node("Constant", [], ["c"], sparse_value=sparse)
    graph = helper.make_graph([constant], "g", [], [], sparse_initializer=[sparse])
    lift(graph, allowed=100)
    assert [tensor.name for tensor in graph.initializer] == ["w", "c"]
    assert all(numpy_helper.to_array(tensor).tolist() == [[0, 0], [5, 0]] for tensor in graph.initializer)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [({}, "has 0 values; it needs one"), ({"value_in": 1}, "has no value, but 'value_in'")],
    ids=["none", "unknown"],
)
def test_a_constant_without_a_value_is_refused(attributes: dict[str, int], message: str):
    graph = onnx.GraphProto(node=[helper.make_node("Constant", [], ["c"], **attributes)])
    with pytest.raises(OnnxImportError, match=f"Constant 'c' {message}"):
        lift(graph, allowed=100)
