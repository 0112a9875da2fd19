"""Element types of ONNX, and the arithmetic of unsigned integers that torch lacks."""

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.dtypes import (
    STRING,
    as_tensor,
    dtype_code,
    is_float_code,
    lacks_kernels,
    named_code,
    ordered,
    torch_dtype,
    unordered,
    wrapped,
)

UNSIGNED = (torch.uint16, torch.uint32, torch.uint64)
NAMED = ("UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16")
CODES = sorted(set(onnx.TensorProto.DataType.values()) - {0, STRING})


@pytest.mark.parametrize("code", CODES)
def test_every_element_type_but_text_is_held_by_a_tensor(code: int):
    assert torch.empty(1, dtype=torch_dtype(code)).numel() == 1


@pytest.mark.parametrize("code", [code for code in CODES if code <= 20 or code == 24])
def test_a_type_that_torch_has_keeps_its_number(code: int):
    assert dtype_code(torch_dtype(code)) == code


def test_texts_have_no_tensor():
    with pytest.raises(ValueError, match="no tensor of torch holds elements of ONNX's type 8"):
        torch_dtype(STRING)


@pytest.mark.parametrize("name", NAMED)
def test_names_of_types_are_those_of_onnx(name: str):
    assert named_code(name) == onnx.TensorProto.DataType.Value(name)


def test_a_name_of_no_type_is_refused_with_all_that_there_are():
    with pytest.raises(ValueError, match="'FLOAT32' names no element type; FLOAT, UINT8"):
        named_code("FLOAT32")


def test_gradients_are_computed_in_four_types():
    assert [code for code in CODES if is_float_code(code)] == [1, 10, 11, 16]


def test_texts_become_an_array_of_objects():
    assert as_tensor(("a", "b"), code=STRING).tolist() == ["a", "b"]


def test_a_tensor_stays_the_same_object():
    tensor = torch.ones(2)
    assert as_tensor(tensor, code=7) is tensor


@pytest.mark.parametrize("dtype", UNSIGNED)
def test_unsigned_types_lack_kernels_on_either_side(dtype: torch.dtype):
    assert lacks_kernels(1, torch.ones(2).to(dtype))


def test_other_types_and_numbers_lack_no_kernels():
    assert not lacks_kernels(torch.ones(2, dtype=torch.uint8), 3)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8), st.integers(0, 2**64 - 1))
def test_sums_of_uint64_wrap_around(numbers: list[int], other: int):
    tensor = torch.from_numpy(np.array(numbers, dtype=np.uint64))
    assert wrapped(torch.add, tensor, other).tolist() == [(number + other) % 2**64 for number in numbers]


@pytest.mark.parametrize("dtype", UNSIGNED)
@given(numbers=st.lists(st.integers(0, 2**16 - 1), min_size=2, max_size=8), shift=st.sampled_from([0, 48]))
def test_order_survives_the_way_to_int64_and_back(dtype: torch.dtype, numbers: list[int], shift: int):
    numbers = [number << shift for number in numbers] if dtype == torch.uint64 else numbers
    tensor = torch.tensor(numbers, dtype=dtype)
    order = ordered(tensor, dtype)
    assert order.argsort(stable=True).tolist() == sorted(range(len(numbers)), key=numbers.__getitem__)
    assert torch.equal(unordered(order, dtype), tensor)


def test_python_numbers_find_their_place_in_the_order_of_uint64():
    tensor = torch.tensor([2**63], dtype=torch.uint64)
    assert ordered(tensor, torch.uint64).item() == ordered(2**63, torch.uint64)
