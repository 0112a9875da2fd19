"""Arithmetic with one number, against tensors of the type."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.onnx.ops.numbers.arithmetic import (
    ceil,
    clip,
    divide,
    floor,
    largest,
    modulo,
    power,
    reciprocal,
    rounded,
    smallest,
    square_root,
    to_even,
)
from leyden.onnx.ops.registry import find_hosted

WHOLE = st.integers(-40, 40)
NOT_ZERO = WHOLE.filter(bool)
CODES = {1: torch.float32, 10: torch.float16, 16: torch.bfloat16}


@pytest.mark.parametrize("code", CODES)
@given(st.floats(-6e4, 6e4).filter(lambda number: number == 0 or abs(number) > 1e-3))
def test_numbers_are_rounded_as_tensors_are(code: int, number: float):
    assert rounded(number, code) == torch.tensor(number, dtype=torch.float64).to(CODES[code]).item()


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_infinite_numbers_stay_so(number: float):
    assert rounded(number, 1) == number


def test_a_size_times_a_scale_is_what_float32_gives():
    scale = torch.tensor(0.7).item()
    assert (floor(10 * scale), floor(rounded(10 * scale, 1))) == (6.0, 7.0)


@given(WHOLE, NOT_ZERO)
def test_integers_are_divided_towards_zero(a: int, b: int):
    assert divide(a, b) == torch.div(torch.tensor(a), b, rounding_mode="trunc").item()


def test_division_by_zero_is_infinite():
    assert (divide(1.0, 0.0), divide(-1.0, 0.0), math.isnan(divide(0.0, 0.0))) == (math.inf, -math.inf, True)


@given(WHOLE, NOT_ZERO)
def test_what_is_left_has_the_sign_that_is_asked_for(a: int, b: int):
    assert (modulo(a, b), modulo(a, b, fmod=1)) == (a % b, int(math.fmod(a, b)))


def test_what_is_left_of_fractions():
    assert modulo(-7.5, 2.0, fmod=1) == -1.5


@pytest.mark.parametrize(
    ("base", "exponent", "expected"), [(3, 2, 9), (2.0, 0.5, math.sqrt(2)), (9, 0.5, 3), (2.0, 3, 8.0)]
)
def test_powers_are_of_the_kind_of_the_base(base: float, exponent: float, expected: float):
    result = power(base, exponent)
    assert (result, type(result)) == (expected, type(base))


@pytest.mark.parametrize("value", [power(-2.0, 0.5), square_root(-1.0)])
def test_what_has_no_value_is_no_number(value: float):
    assert math.isnan(value)


@given(st.lists(WHOLE, min_size=1))
def test_the_largest_and_the_smallest_are_found(numbers: list[int]):
    assert (largest(*numbers), smallest(*numbers)) == (max(numbers), min(numbers))


def test_numbers_are_kept_between_others():
    assert (clip(5, 0, 3), clip(-5, 0), clip(7, None, 9)) == (3, 0, 7)


@pytest.mark.parametrize(("number", "results"), [(2.5, (2.0, 3.0, 2.0)), (-1.5, (-2.0, -1.0, -2.0))])
def test_rounding_keeps_the_kind(number: float, results: tuple[float, ...]):
    rounded_down, rounded_up, nearest = floor(number), ceil(number), to_even(number)
    assert (rounded_down, rounded_up, nearest) == results


def test_one_by_a_number():
    assert reciprocal(4.0) == 0.25


@pytest.mark.parametrize(("op", "expected"), [("Add", 9), ("Sub", 5), ("Mul", 14)])
def test_python_computes_the_rest(op: str, expected: int):
    entry = find_hosted(op)
    assert entry is not None
    assert entry.function(7, 2) == expected


@pytest.mark.parametrize(("op", "expected"), [("Neg", 7), ("Abs", 7)])
def test_python_computes_signs(op: str, expected: int):
    entry = find_hosted(op)
    assert entry is not None
    assert entry.function(-7) == expected
