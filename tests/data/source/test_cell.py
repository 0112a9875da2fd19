import numpy as np
import pytest
import torch

from leyden.data.source.cell import element_of, why_no_column


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u1", "<i2", ">i2", "<u2", ">u4", "<i8", "<u8", "<f2", ">f4", "<f8", "<c8", ">c16"]
)
def test_rows_of_every_number_become_tensors_of_their_own(dtype):
    array = np.array([[0, 1], [1, 0]], dtype=dtype)
    array.setflags(write=False)
    assert why_no_column(array.shape, array.dtype) is None
    row, cell = element_of(array[1]), element_of(array[0, 1])
    assert row.tolist() == [1, 0]
    assert (cell.shape, cell.item()) == ((), 1)
    row.zero_()
    assert array[1, 0] == 1


def test_text_stays_text():
    assert element_of(np.array(["ä", "bc"])[0]) == "ä"
    assert element_of(np.array([["ä".encode(), b"b"]])[0]) == ["ä", "b"]
    assert element_of(np.array(["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (np.array(3), "is a single value without rows"),
        (np.array([{}], dtype=object), "holds Python objects"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "holds datetime64[D], not numbers that torch knows"),
        (np.array([(1, 2.0)], dtype="i4,f8"), "not numbers that torch knows"),
        (np.array([1], dtype=np.longdouble), "not numbers that torch knows"),
    ],
    ids=str,
)  # fmt: skip
def test_other_arrays_are_no_columns(array, why):
    assert why in why_no_column(array.shape, array.dtype)


def test_unsigned_numbers_keep_their_type():
    assert element_of(np.array([1], dtype="u2")).dtype == torch.uint16
