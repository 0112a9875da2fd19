import onnx

from leyden.onnx import Value
from leyden.onnx.value import dtype_name, read_value


def test_element_types_are_named_as_numpy_does():
    assert dtype_name(onnx.TensorProto.FLOAT) == "float32"
    assert dtype_name(onnx.TensorProto.DOUBLE) == "float64"
    assert dtype_name(onnx.TensorProto.INT64) == "int64"
    assert dtype_name(onnx.TensorProto.UNDEFINED) == dtype_name(12345) == "?"


def test_named_free_and_fixed_axes_are_told_apart():
    info = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", None, 3])
    assert read_value(info) == Value("x", "float32", ("batch", None, 3))
    assert str(read_value(info)) == "x: float32[batch, ?, 3]"


def test_a_value_without_axes_differs_from_one_whose_axes_are_unknown():
    scalar = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [])
    unknown = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, None)
    assert str(read_value(scalar)) == "x: float32[]"
    assert str(read_value(unknown)) == "x: float32"


def test_what_is_not_a_tensor_is_said_so():
    info = onnx.helper.make_tensor_sequence_value_info("x", onnx.TensorProto.FLOAT, None)
    assert read_value(info).dtype == "sequence"
    assert read_value(onnx.ValueInfoProto(name="x")) == Value("x")
