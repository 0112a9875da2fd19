import io

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from leyden.onnx.lower.source.wire import SMALL, skeleton

WIDE = SMALL  # elements; more bytes than stay


def model(*tensors: onnx.TensorProto) -> onnx.ModelProto:
    nodes = [helper.make_node("Constant", [], ["c"], value=tensor) for tensor in tensors]
    branch = helper.make_graph(nodes, "inner", [], [], list(tensors))
    outer = helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)
    return helper.make_model(helper.make_graph([outer], "g", [], [], list(tensors)))


def shortened(content: bytes) -> onnx.ModelProto:
    small = skeleton(io.BytesIO(content), len(content))
    assert small is not None
    return onnx.ModelProto.FromString(small)


def all_tensors(found: onnx.ModelProto) -> list[onnx.TensorProto]:
    branches = [attribute.g for attribute in found.graph.node[0].attribute]
    inner = [attribute.t for branch in branches for node in branch.node for attribute in node.attribute]
    return [*found.graph.initializer, *(tensor for branch in branches for tensor in branch.initializer), *inner]


@pytest.mark.parametrize("kind", ["raw", "floats", "doubles"])
def test_large_tensors_stay_in_the_file_wherever_they_are(kind: str):
    numbers = np.arange(WIDE) % 100
    tensor = {
        "raw": lambda: numpy_helper.from_array(numbers.astype(np.float16), "w"),
        "floats": lambda: helper.make_tensor("w", 1, [WIDE], numbers.astype(np.float32)),
        "doubles": lambda: helper.make_tensor("w", 11, [WIDE], numbers.astype(np.float64)),
    }[kind]()
    content = model(tensor).SerializeToString()
    found = all_tensors(shortened(content))
    assert len(found) == 5
    width = {"raw": np.float16, "floats": np.float32, "doubles": np.float64}[kind]
    for part in found:
        place = {entry.key: entry.value for entry in part.external_data}
        offset = int(place["offset"])
        assert np.array_equal(np.frombuffer(content[offset : offset + int(place["length"])], width), numbers)


def test_small_tensors_and_lists_of_integers_stay_in_the_graph():
    few = numpy_helper.from_array(np.ones(3, np.float32), "few")
    listed = helper.make_tensor("listed", 7, [WIDE], list(range(WIDE)))
    whole = model(few, listed)
    assert shortened(whole.SerializeToString()) == whole


def test_a_tensor_that_says_that_it_is_in_the_file_is_not_believed_later():
    tensor = numpy_helper.from_array(np.ones(WIDE, np.float32), "w")
    tensor.data_location = onnx.TensorProto.DEFAULT
    assert shortened(model(tensor).SerializeToString()).graph.initializer[0].data_location == onnx.TensorProto.EXTERNAL


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_declined(content: bytes):
    small = skeleton(io.BytesIO(content), len(content))
    assert small is None or small == content


def test_what_ends_in_the_middle_is_declined():
    content = model(numpy_helper.from_array(np.ones(WIDE, np.float32), "w")).SerializeToString()
    assert skeleton(io.BytesIO(content[:-1]), len(content) - 1) is None
