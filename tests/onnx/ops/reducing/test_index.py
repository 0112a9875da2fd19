"""Places of the greatest and the least, in every type."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.reducing.index import arg_max, arg_min, hardmax, hardmax_flat

NUMBERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def samples(name: str) -> np.ndarray:
    limits = np.iinfo(name) if "int" in name else np.finfo(name)
    return np.array([[limits.max, limits.min, limits.max], [limits.min, 3, limits.min]], dtype=name)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_first_one_is_taken(name: str):
    x = samples(name)
    assert arg_max(torch.from_numpy(x), axis=1, keepdims=0).tolist() == x.argmax(1).tolist()
    assert arg_min(torch.from_numpy(x), axis=1, keepdims=0).tolist() == x.argmin(1).tolist()


@pytest.mark.parametrize("name", NUMBERS)
def test_the_last_one_is_taken_on_demand(name: str):
    x = torch.from_numpy(samples(name))
    assert arg_max(x, axis=-1, select_last_index=1).tolist() == [[2], [1]]
    assert arg_min(x, axis=-1, select_last_index=1).tolist() == [[1], [2]]


def test_places_are_of_int64_along_the_first_axis():
    result = arg_max(torch.tensor([[1.0, 5.0], [2.0, 4.0]]))
    assert torch.equal(result, torch.tensor([[1, 0]]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_hardmax_keeps_the_type_and_the_first_greatest(dtype: torch.dtype):
    x = torch.tensor([[1, 3], [3, 3]], dtype=dtype)
    assert torch.equal(hardmax(x), torch.tensor([[0, 1], [1, 0]], dtype=dtype))
    assert torch.equal(hardmax(x, axis=0), torch.tensor([[0, 1], [1, 0]], dtype=dtype))


def test_hardmax_of_nothing_is_nothing():
    assert hardmax(torch.ones(0, 3)).shape == (0, 3)


@pytest.mark.parametrize(("axis", "ones"), [(0, 1), (1, 2), (2, 6), (-1, 6)])
def test_hardmax_once_took_all_axes_that_follow(axis: int, ones: int):
    x = torch.rand(2, 3, 4)
    result = hardmax_flat(x, axis=axis)
    assert result.sum().item() == ones
    assert torch.equal(result.flatten(axis).argmax(-1), x.flatten(axis).argmax(-1))
