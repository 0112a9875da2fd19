"""Nested tuples in the place of tensors."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.numbers.nesting import flat, known, nested, rank_of, sizes_of


@given(st.lists(st.integers(1, 3), max_size=3))
def test_numbers_get_the_axes_that_they_had(sizes: list[int]):
    tensor = torch.arange(int(torch.tensor(sizes).prod())).reshape(sizes)
    assert torch.equal(torch.tensor(nested(tuple(flat(tuple(tensor.flatten().tolist()))), sizes)), tensor)


def test_axes_are_those_of_the_tuples():
    assert (sizes_of(((1, 2),)), rank_of(((1, 2),)), sizes_of(()), rank_of(7)) == ((1, 2), 2, (0,), 0)


def test_known_numbers_are_listed():
    assert (known(3), known((3, 4))) == ((3,), (3, 4))


def test_numbers_that_are_not_known_are_an_error():
    with pytest.raises(TypeError, match="not known beforehand"):
        known((3, object()))
