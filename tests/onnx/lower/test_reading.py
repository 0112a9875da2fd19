import ml_dtypes
import numpy as np
import onnx
import onnx_ir as ir
import pytest
import torch
from onnx import numpy_helper

from leyden.errors import OnnxImportError
from leyden.onnx.lower.reading import read_tensor, shape_of, to_torch


def held(tensor: onnx.TensorProto) -> ir.TensorProtocol:
    return ir.serde.deserialize_tensor(tensor)


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [
        (np.float32, torch.float32), (np.float16, torch.float16), (np.int64, torch.int64), (np.uint8, torch.uint8),
        (ml_dtypes.bfloat16, torch.bfloat16), (ml_dtypes.float8_e5m2, torch.float8_e5m2), (ml_dtypes.int4, torch.int8),
        (ml_dtypes.uint4, torch.uint8), (ml_dtypes.float4_e2m1fn, torch.float32),
    ],
)  # fmt: skip
def test_numbers_keep_their_values(dtype: type, wanted: torch.dtype):
    read = to_torch(held(numpy_helper.from_array(np.array([[1, 2], [3, 4]]).astype(dtype), "t")))
    assert read.dtype == wanted
    assert read.to(torch.float32).tolist() == [[1, 2], [3, 4]]


def test_texts_become_an_array_of_texts():
    read = to_torch(held(onnx.helper.make_tensor("t", 8, [2], [b"a", b"\xff"])))
    assert read.tolist() == ["a", "\N{REPLACEMENT CHARACTER}"]


def test_any_byte_but_zero_is_true():
    tensor = onnx.TensorProto(name="t", data_type=9, dims=[3], raw_data=b"\x00\x01\x07")
    read = to_torch(held(tensor))
    assert read.view(torch.uint8).tolist() == [0, 1, 1]


def test_bytes_that_do_not_fit_are_refused():
    with pytest.raises(OnnxImportError, match="tensor 't' cannot be read"):
        to_torch(held(onnx.TensorProto(name="t", data_type=1, dims=[3], raw_data=b"12345")))


def test_a_name_without_content_is_refused():
    with pytest.raises(OnnxImportError, match="'t' is named in the file and has no content"):
        read_tensor(ir.Value(name="t"))


def test_a_shape_has_sizes_names_and_gaps():
    assert shape_of(ir.Value(name="x", shape=ir.Shape((2, "batch", None)))) == (2, "batch", None)
    assert shape_of(ir.Value(name="x")) is None


@pytest.mark.parametrize("count", [3, 24, 1000])
def test_memory_is_aligned_as_that_of_torch(count: int):
    values = np.arange(count, dtype=np.float32)
    read = [to_torch(held(numpy_helper.from_array(values, "t"))) for _ in range(8)]
    assert {tensor.data_ptr() % 64 for tensor in read} == {0}


def test_an_array_of_another_order_is_read_in_rows():
    read = to_torch(ir.Tensor(np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))))
    assert read.is_contiguous()
    assert read.tolist() == [[0, 1, 2], [3, 4, 5]]
