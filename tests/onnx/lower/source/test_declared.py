from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.declared import check_tensors, dense, tensors
from leyden.onnx.lower.source.opening import Opened


def checked(*held: onnx.TensorProto, **limits: Any) -> int:
    allowed = Limits(**limits)
    model = helper.make_model(helper.make_graph([], "g", [], [], list(held)))
    with Opened(model, allowed) as opened:
        return check_tensors(opened, allowed)


@pytest.mark.parametrize(
    ("tensor", "size"),
    [
        (numpy_helper.from_array(np.ones((2, 3), np.float32), "t"), 24),
        (numpy_helper.from_array(np.ones(3000, np.float16), "t"), 6000),
        (helper.make_tensor("t", TensorProto.FLOAT, [2], [1.0, 2.0]), 8),
        (helper.make_tensor("t", TensorProto.COMPLEX64, [2], [1 + 1j, 2 + 2j]), 16),
        (helper.make_tensor("t", TensorProto.INT4, [3], [1, 2, 3]), 3),
        (helper.make_tensor("t", TensorProto.BFLOAT16, [3], [1, 2, 3]), 6),
        (helper.make_tensor("t", TensorProto.STRING, [2], [b"a", b"b"]), 16),
        (helper.make_tensor("t", TensorProto.FLOAT, [0, 5], []), 0),
    ],
    ids=["raw", "large", "listed", "complex", "packed", "half", "texts", "empty"],
)
def test_a_tensor_that_is_what_it_says_is_measured(tensor: onnx.TensorProto, size: int):
    assert checked(tensor) == size


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (TensorProto(name="t", data_type=1, dims=[2], raw_data=b"1234"), "4 bytes are there, 8 are needed"),
        (TensorProto(name="t", data_type=1, dims=[3], float_data=[1]), "1 numbers are there, 3 are needed"),
        (TensorProto(name="t", data_type=1, dims=[-1], raw_data=b"1234"), r"negative sizes \[-1\]"),
        (TensorProto(name="t", data_type=99, dims=[1], raw_data=b"1234"), "its element type 99 is unknown"),
        (TensorProto(name="t", data_type=1, dims=[1] * 65, raw_data=b"1234"), "65 axes; 64 are allowed"),
    ],
    ids=["bytes", "numbers", "sizes", "type", "axes"],
)
def test_a_tensor_that_lies_is_named(tensor: onnx.TensorProto, message: str):
    with pytest.raises(OnnxImportError, match=f"tensor 't'.*{message}"):
        checked(tensor)


def test_all_tensors_that_lie_are_counted():
    lies = [TensorProto(name=f"t{i}", data_type=1, dims=[2]) for i in range(12)]
    with pytest.raises(OnnxImportError, match=r"tensor 't0'.*tensor 't9'.*; and 2 more"):
        checked(*lies)


def test_tensors_may_not_take_more_memory_than_allowed():
    with pytest.raises(OnnxImportError, match=r"24 bytes; 20 are allowed \(Limits.weight_bytes\)"):
        checked(numpy_helper.from_array(np.ones(6, np.float32), "t"), weight_bytes=20)


def test_tensors_are_found_wherever_they_are():
    tensor = numpy_helper.from_array(np.ones(1), "t")
    sparse = helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.zeros(1, np.int64), "i"), [1])
    constants = [
        helper.make_node("Constant", [], ["c"], value=tensor),
        helper.make_node("X", [], [], many=[tensor] * 2),
    ]
    constants.append(helper.make_node("Constant", [], ["s"], sparse_value=sparse))
    inner = helper.make_graph(constants, "g", [], [], [tensor], sparse_initializer=[sparse])
    node = helper.make_node("If", ["x"], ["y"], then_branch=inner)
    assert [found.name for found in tensors([node])] == ["t", "t", "i", "t", "t", "t", "t", "i"]


def test_a_sparse_tensor_gets_its_zeros():
    values, places = numpy_helper.from_array(np.array([5.0, 6.0]), "t"), numpy_helper.from_array(np.array([0, 3]), "i")
    made = numpy_helper.to_array(dense(helper.make_sparse_tensor(values, places, [2, 2]), allowed=32))
    assert made.tolist() == [[5, 0], [0, 6]]
    with pytest.raises(OnnxImportError, match=r"32 bytes with its zeros; 31 are allowed"):
        dense(helper.make_sparse_tensor(values, places, [2, 2]), allowed=31)


@pytest.mark.parametrize("places", [[0, 4], [-1, 0], [0], [[0, 2], [0, 0]]], ids=["far", "below", "few", "axis"])
def test_indices_that_do_not_fit_are_refused(places: list[Any]):
    values, indices = numpy_helper.from_array(np.array([5.0, 6.0]), "t"), numpy_helper.from_array(np.array(places), "i")
    with pytest.raises(OnnxImportError, match=r"do not fit its sizes \[2, 2\]"):
        dense(helper.make_sparse_tensor(values, indices, [2, 2]), allowed=100)
