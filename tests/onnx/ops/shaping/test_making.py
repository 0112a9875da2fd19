"""Tensors made of sizes, and triangles."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.shaping.making import constant_of_shape, eye_like, number_range, number_range_first, trilu


def test_a_shape_is_filled_with_zeros_of_float32():
    assert torch.equal(constant_of_shape((2, 3)), torch.zeros(2, 3))


def test_a_shape_is_filled_with_a_value_of_its_type():
    assert torch.equal(constant_of_shape((2,), value=torch.tensor([7])), torch.tensor([7, 7]))


def test_no_axes_make_one_element():
    assert constant_of_shape((), value=torch.tensor([7])).shape == ()


def test_copies_of_a_value_need_no_memory():
    assert constant_of_shape((2**40,), value=torch.tensor([7])).untyped_storage().nbytes() == 8


@pytest.mark.parametrize("k", [-5, -1, 0, 2])
def test_ones_are_on_a_diagonal(k: int):
    assert np.array_equal(eye_like(torch.zeros(3, 4), k=k).numpy(), np.eye(3, 4, k))


def test_ones_have_the_type_that_is_asked_for():
    assert eye_like(torch.zeros(2, 2), dtype=11).dtype == torch.float64


@pytest.mark.parametrize(
    ("start", "limit", "delta"), [(0, 5, 1), (10, 4, -2), (3, 3, 1), (5, 0, 1), (0, 5, -1), (1.0, 2.0, 0.25)]
)
def test_range_is_the_one_of_numpy(start: float, limit: float, delta: float):
    made = number_range_first(start, limit, delta, output_types=(11 if isinstance(start, float) else 7,))
    assert made.tolist() == np.arange(start, limit, delta).tolist()


def test_numbers_of_sixteen_bits_are_computed_in_more():
    made = number_range(2040.0, 2060.0, 1.0, output_types=(10,))
    assert torch.equal(made, torch.arange(2040.0, 2060.0).half())


@pytest.mark.parametrize("upper", [0, 1])
@pytest.mark.parametrize("k", [-9, -1, 0, 1, 9])
def test_triangles_are_those_of_numpy(k: int, upper: int):
    x = torch.arange(1, 25).reshape(2, 3, 4)
    expected = (np.triu if upper else np.tril)(x.numpy(), k)
    assert np.array_equal(trilu(x, k, upper=upper).numpy(), expected)


def test_triangles_of_unsigned_numbers_keep_their_type():
    x = torch.full((2, 2), 65535, dtype=torch.uint16)
    assert trilu(x).tolist() == [[65535, 65535], [0, 65535]]
