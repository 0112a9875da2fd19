import sys
import types
from collections import namedtuple
from dataclasses import make_dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.data.keep.packing import pack, unpack
from leyden.errors import DataError

Pair = namedtuple("Pair", "one two")

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers()), inner, max_size=3)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=8,
)


@given(values)
def test_values_come_back_equal_and_of_one_type(value):
    again = unpack(pack(value))
    assert again == value
    assert repr(again) == repr(value)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "complex128", ">i4", "datetime64[s]", "U3", "S2", "i4,f8"])
def test_arrays_of_any_plain_dtype_come_back(dtype):
    array = np.zeros((2, 0, 3) if dtype == "uint8" else (2, 3), dtype)[:, ::-1]
    again = unpack(pack(array))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)
    again[...] = array


@pytest.mark.parametrize("dtype", [torch.bool, torch.bfloat16, torch.complex64, torch.int64])
def test_tensors_come_back_with_shape_and_dtype(dtype):
    for tensor in (torch.ones(2, 3).to(dtype), torch.ones((), dtype=dtype), torch.ones(0, 2).to(dtype)):
        again = unpack(pack(tensor))
        assert again.dtype == dtype
        assert torch.equal(again, tensor)


def test_a_part_of_a_large_tensor_is_kept_alone():
    assert len(pack(torch.zeros(100_000)[:2])) < 3000


@pytest.mark.parametrize(
    "value",
    [
        *({1, 2}, np.array([None]), len, type("Point", (), {})()),
        np.ma.array([1.0, 2.0], mask=[0, 1]),  # numbers that are not to be seen would come back as such
        torch.ones(2).as_subclass(type("Marked", (torch.Tensor,), {})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_things_are_refused_by_name_and_place(value):
    with pytest.raises(DataError, match=rf"cannot keep a {type(value).__name__} at \['a'\]\[0\]"):
        pack({"a": (value,)})


def test_only_whole_bytes_are_unpacked():
    content = pack(list(range(50)))
    for wrong in (b"", content[:-1], content[:30], content.replace(b"data", b"Data", 1)):
        with pytest.raises(ValueError, match="damaged"):
            unpack(wrong)


def test_no_class_is_imported_nor_called_in_unpacking():
    module = types.ModuleType("elsewhere")
    module.Case = make_dataclass("Case", ["a"], namespace={"__post_init__": lambda self: called.append(self)})
    module.Case.__module__ = "elsewhere"
    called = []
    sys.modules["elsewhere"] = module
    content = pack(module.Case(1))
    called.clear()
    assert unpack(content).a == 1
    assert called == []
    module.Case = make_dataclass("Case", ["a", "b"])
    with pytest.raises(ValueError, match="Case has other fields now"):
        unpack(content)
    del sys.modules["elsewhere"]
    with pytest.raises(ValueError, match=r"elsewhere\.Case is not loaded"):
        unpack(content)
