"""Arithmetic against NumPy and against Python's own integers, at the ends of every type."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise import arithmetic

INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
WRAPPING = [(arithmetic.add, np.add), (arithmetic.subtract, np.subtract), (arithmetic.multiply, np.multiply)]


def pairs(name: str) -> tuple[np.ndarray, np.ndarray]:
    limits = np.iinfo(name)
    ends = [limits.min, limits.max, 0, 1, limits.max // 2, limits.max // 2 + 1, 5, 7]
    return np.repeat(np.array(ends, dtype=name), len(ends)), np.tile(np.array(ends, dtype=name), len(ends))


def divisible(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pairs without divisions by zero, and without the one quotient that has no room: the least by -1."""
    a, b = pairs(name)
    kept = (b != 0) & ~((a == np.iinfo(name).min) & (b.astype(object) == -1))
    return a[kept], b[kept]


def cut(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize(("ours", "theirs"), WRAPPING, ids=["add", "subtract", "multiply"])
def test_integers_wrap_around_as_those_of_numpy(name: str, ours: Callable, theirs: Callable):
    a, b = pairs(name)
    assert np.array_equal(ours(torch.from_numpy(a), torch.from_numpy(b)).numpy(), theirs(a, b))


@pytest.mark.parametrize("name", INTEGERS)
def test_quotients_of_integers_are_cut_towards_zero(name: str):
    a, b = divisible(name)
    expected = [cut(int(x), int(y)) for x, y in zip(a, b, strict=True)]
    assert arithmetic.divide(torch.from_numpy(a), torch.from_numpy(b)).tolist() == expected


@pytest.mark.parametrize("name", INTEGERS)
def test_remainders_have_the_sign_of_the_divisor(name: str):
    a, b = divisible(name)
    expected = [int(x) % int(y) for x, y in zip(a, b, strict=True)]
    assert arithmetic.mod(torch.from_numpy(a), torch.from_numpy(b)).tolist() == expected


@pytest.mark.parametrize("name", INTEGERS)
def test_remainders_of_fmod_have_the_sign_of_the_dividend(name: str):
    a, b = divisible(name)
    expected = [int(x) - cut(int(x), int(y)) * int(y) for x, y in zip(a, b, strict=True)]
    assert arithmetic.mod(torch.from_numpy(a), torch.from_numpy(b), fmod=1).tolist() == expected


@pytest.mark.parametrize("name", INTEGERS)
def test_a_python_number_may_stand_on_either_side(name: str):
    top, tensor = np.iinfo(name).max, torch.from_numpy(np.array([1, 3], dtype=name))
    assert arithmetic.subtract(int(top), tensor).tolist() == [int(top) - 1, int(top) - 3]
    assert arithmetic.divide(int(top), tensor).tolist() == [int(top), int(top) // 3]
    assert arithmetic.mod(tensor, 2).tolist() == [1, 1]
    assert arithmetic.add(tensor, 4).dtype == tensor.dtype


def test_a_quotient_with_a_python_number_is_rounded_once():
    b = torch.rand(1000) + 0.5
    assert torch.equal(arithmetic.divide(3.0, b), torch.full_like(b, 3.0) / b)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(1, float("inf"), 1), (-1, float("inf"), float("inf")), (5, 0, float("nan")), (float("inf"), 2, float("nan"))],
)
def test_remainders_at_the_end_of_floating_point(a: float, b: float, expected: float):
    result = arithmetic.mod(torch.tensor([a], dtype=torch.float32), torch.tensor([b], dtype=torch.float32))
    assert torch.equal(result.nan_to_num(nan=-9), torch.tensor([expected]).nan_to_num(nan=-9))


def test_a_remainder_of_zero_has_the_sign_of_the_divisor():
    result = arithmetic.mod(torch.tensor([0.0, -0.0]), torch.tensor([-2.0, 3.0]))
    assert torch.signbit(result).tolist() == [True, False]


@pytest.mark.parametrize("exponent", [torch.float16, torch.float32, torch.int32, torch.uint16, torch.uint64])
@pytest.mark.parametrize(
    "base", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int32, torch.int64]
)
def test_a_power_is_of_the_type_of_its_base(base: torch.dtype, exponent: torch.dtype):
    result = arithmetic.power(torch.tensor([2, 3], dtype=base), torch.tensor([3, 2], dtype=exponent))
    assert torch.equal(result, torch.tensor([8, 9], dtype=base))


def test_a_power_of_a_number_is_of_the_type_that_the_file_says():
    result = arithmetic.power(2.0, torch.tensor([1, 3]), output_types=(11,))
    assert torch.equal(result, torch.tensor([2.0, 8.0], dtype=torch.float64))


def test_a_negative_power_of_an_integer_is_cut():
    assert arithmetic.power(torch.tensor([1, 2]), -1).tolist() == [1, 0]


def test_a_square_has_its_gradient():
    x = torch.tensor([3.0], requires_grad=True)
    arithmetic.power(x, 2.0).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [6.0]


@pytest.mark.parametrize("name", INTEGERS)
def test_signs_and_absolute_values_are_those_of_numpy(name: str):
    a, _ = pairs(name)
    tensor = torch.from_numpy(a)
    assert np.array_equal(arithmetic.sign(tensor).numpy(), np.sign(a))
    assert np.array_equal(arithmetic.absolute(tensor).numpy(), np.abs(a))


def test_negatives_are_turned():
    assert arithmetic.negate(torch.tensor([-1, 2], dtype=torch.int8)).tolist() == [1, -2]


def test_sums_and_means_of_many_are_broadcast():
    parts = [torch.ones(2, 1), torch.full((3,), 2.0), torch.tensor(6.0)]
    assert torch.equal(arithmetic.total(*parts), torch.full((2, 3), 9.0))
    assert torch.equal(arithmetic.average(*parts), torch.full((2, 3), 3.0))


def test_one_tensor_is_its_own_sum():
    assert arithmetic.total(torch.tensor([2.0])).tolist() == [2.0]
