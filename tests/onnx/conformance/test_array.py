import ml_dtypes
import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import OnnxError
from leyden.onnx.conformance.array import to_array, to_torch

CODES = sorted(set(range(1, 27)) - {onnx.TensorProto.STRING})


def tensor_type(code: int) -> onnx.TypeProto:
    return onnx.helper.make_tensor_type_proto(code, None)


@pytest.mark.parametrize("code", CODES, ids=onnx.TensorProto.DataType.Name)
def test_an_array_of_every_type_comes_back_as_it_was(code: int):
    array = np.ones((2, 3), np.float32).astype(onnx.helper.tensor_dtype_to_np_dtype(code))
    back = to_array(to_torch(array), tensor_type(code))
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()


@given(st.lists(st.integers(0, 2**16 - 1), max_size=9))
def test_bits_of_bfloat16_survive(bits: list[int]):
    array = np.array(bits, np.uint16).view(ml_dtypes.bfloat16)
    back = to_array(to_torch(array), tensor_type(onnx.TensorProto.BFLOAT16))
    np.testing.assert_array_equal(back.view(np.uint16), array.view(np.uint16))


def test_a_scalar_has_no_axes_on_either_side():
    assert to_torch(np.float32(3)).shape == ()
    assert to_array(torch.tensor(3.0), tensor_type(1)).shape == ()


def test_a_tensor_owns_its_memory():
    array = np.zeros(2, np.float32)
    to_torch(array)[0] = 1
    assert array[0] == 0


def test_lists_optionals_and_texts_keep_their_form():
    texts = to_torch(np.array(["a", "b"]))
    assert texts.dtype == object
    assert to_torch(None) is None
    kind = onnx.helper.make_optional_type_proto(onnx.helper.make_sequence_type_proto(tensor_type(22)))
    (back,) = to_array([torch.tensor([-3], dtype=torch.int8)], kind)
    assert back.dtype == ml_dtypes.int4
    assert to_array(None, kind) is None


def test_numbers_where_a_tensor_is_declared_are_refused():
    with pytest.raises(OnnxError, match="gave a int where the file declares a tensor"):
        to_array(3, tensor_type(7))
