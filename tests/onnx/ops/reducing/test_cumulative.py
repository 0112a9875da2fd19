"""Running sums and products against loops."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.reducing.cumulative import cumulative_product, cumulative_sum

TYPES = ("int32", "int64", "uint32", "uint64", "float32", "float64")


@given(st.lists(st.integers(-9, 9), max_size=6), st.booleans(), st.booleans(), st.sampled_from(["sum", "product"]))
def test_each_element_is_what_stands_before(numbers: list[int], exclusive: bool, reverse: bool, kind: str):
    function, total = (cumulative_sum, np.sum) if kind == "sum" else (cumulative_product, np.prod)
    line = numbers[::-1] if reverse else numbers
    expected = [int(total(np.array(line[: end + (not exclusive)], dtype=np.int64))) for end in range(len(line))]
    x = torch.tensor(numbers, dtype=torch.int64)
    result = function(x, 0, exclusive=int(exclusive), reverse=int(reverse))
    assert result.tolist() == (expected[::-1] if reverse else expected)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("axis", [1, -1, (1,)], ids=str)
def test_types_and_axes_are_those_of_the_input(name: str, axis: int | tuple[int, ...]):
    x = np.array([[1, 2, 3], [4, 5, 6]], dtype=name)
    result = cumulative_sum(torch.from_numpy(x), axis).numpy()
    assert result.dtype == name
    assert np.array_equal(result, np.cumsum(x, 1))
    assert np.array_equal(cumulative_product(torch.from_numpy(x), axis).numpy(), np.cumprod(x, 1))
