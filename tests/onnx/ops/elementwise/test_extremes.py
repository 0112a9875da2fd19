"""The greatest, the least, and bounds, in every type."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise.extremes import clip, clip_attributes, clip_unbounded, maximum, minimum

NUMBERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def samples(name: str) -> np.ndarray:
    limits = np.iinfo(name) if "int" in name else np.finfo(name)
    return np.array([limits.min, limits.max, 0, 1, 5, 100], dtype=name)


@pytest.mark.parametrize("name", NUMBERS)
def test_extremes_of_many_are_those_of_numpy(name: str):
    a = samples(name)
    parts = [torch.from_numpy(part.copy()) for part in (a, a[::-1], np.array(3, dtype=name))]
    assert np.array_equal(maximum(*parts).numpy(), np.maximum(np.maximum(a, a[::-1]), np.array(3, dtype=name)))
    assert np.array_equal(minimum(*parts).numpy(), np.minimum(np.minimum(a, a[::-1]), np.array(3, dtype=name)))


def test_nan_wins():
    assert maximum(torch.tensor([float("nan")]), torch.tensor([1.0])).isnan().all()


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("as_numbers", [False, True], ids=["tensors", "numbers"])
def test_numbers_are_held_between_bounds(name: str, as_numbers: bool):
    a = samples(name)
    low, high = (2, 90) if as_numbers else (torch.tensor(bound).to(torch.from_numpy(a).dtype) for bound in (2, 90))
    assert np.array_equal(
        clip(torch.from_numpy(a), low, high).numpy(), np.clip(a, np.array(2, name), np.array(90, name))
    )


def test_a_missing_bound_bounds_nothing():
    x = torch.tensor([-1.0, 2.0])
    assert clip(x, None, torch.tensor(1.0)).tolist() == [-1.0, 1.0]
    assert clip(x, 0.0).tolist() == [0.0, 2.0]
    assert clip(x) is x


@pytest.mark.parametrize("high", [1.0, torch.tensor(1.0)], ids=["number", "tensor"])
def test_the_upper_bound_wins_over_a_greater_lower_one(high: float | torch.Tensor):
    assert clip(torch.tensor([0.0, 9.0]), torch.tensor(2.0), high).tolist() == [1.0, 1.0]


def test_a_number_may_be_clipped_by_tensors():
    assert clip(7.0, torch.tensor(0.0), torch.tensor(6.0)).item() == 6.0


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_the_bounds_of_version_6_are_the_ends_of_float32(dtype: torch.dtype):
    top = clip_attributes(torch.tensor([float("inf")], dtype=dtype)).item()
    assert top == (float("inf") if dtype == torch.float16 else torch.finfo(torch.float32).max)


def test_attributes_bound():
    assert clip_attributes(torch.tensor([-1.0, 7.0]), min=0.0, max=6.0).tolist() == [0.0, 6.0]
    assert clip_unbounded(torch.tensor([-1.0, 7.0]), max=6.0).tolist() == [-1.0, 6.0]
