"""Conversions against ml_dtypes, which ONNX's own reference uses."""

import ml_dtypes
import numpy as np
import onnx
import onnx.numpy_helper
import pytest
import torch

from leyden.onnx.ops.elementwise.conversion import convert, saturated

SMALL = {
    17: ml_dtypes.float8_e4m3fn, 18: ml_dtypes.float8_e4m3fnuz, 19: ml_dtypes.float8_e5m2,
    20: ml_dtypes.float8_e5m2fnuz, 23: ml_dtypes.float4_e2m1fn, 27: ml_dtypes.float6_e2m3fn,
    28: ml_dtypes.float6_e3m2fn,
}  # fmt: skip
FEW = {21: ml_dtypes.uint4, 22: ml_dtypes.int4, 25: ml_dtypes.uint2, 26: ml_dtypes.int2}
WIDE = {torch.float16: np.float16, torch.float32: np.float32, torch.float64: np.float64}


def samples() -> np.ndarray:
    """Numbers of all sizes, what lies in the middle between two neighbours, and what is none."""
    drawn = np.random.default_rng(0).normal(size=(4, 200)) * np.array([[1e-3], [1], [20], [500]])
    middles = [0, -0.0, 0.25, 0.75, 1.25, 2.5, 3.5, 5, 7, 30, 448, 464, 465, 480, 57344, 61440, 1e5, -1e5, 1e-8]
    return np.concatenate([drawn.ravel(), middles, [np.nan, np.inf, -np.inf]])


@pytest.mark.parametrize("source", WIDE, ids=str)
@pytest.mark.parametrize("saturate", [True, False])
@pytest.mark.parametrize("code", SMALL)
def test_small_floating_point_is_rounded_as_by_ml_dtypes(code: int, saturate: bool, source: torch.dtype):
    with np.errstate(over="ignore"):
        numbers = samples().astype(WIDE[source])
    if saturate and code <= 20:
        expected = onnx.numpy_helper.saturate_cast(numbers, np.dtype(SMALL[code]))
    else:
        expected = numbers.astype(SMALL[code])
    result = convert(torch.from_numpy(numbers), code, saturate=saturate).to(torch.float32)
    assert np.array_equal(result.numpy(), expected.astype(np.float32), equal_nan=True)


@pytest.mark.parametrize("code", FEW)
def test_integers_of_few_bits_keep_the_lowest_ones(code: int):
    numbers = np.arange(-20, 21)
    expected = numbers.astype(FEW[code]).astype(np.int64)
    assert np.array_equal(convert(torch.from_numpy(numbers), code).numpy(), expected)


@pytest.mark.parametrize("saturate", [True, False])
@pytest.mark.parametrize("round_mode", ["up", "down", "nearest"])
def test_powers_of_two_are_rounded_as_by_onnx(round_mode: str, saturate: bool):
    drawn = np.abs(samples()[:800]).astype(np.float32)
    numbers = np.concatenate([drawn, np.array([3e38, 2.0**127, 1e-40, 5.9e-39], dtype=np.float32)])
    expected = onnx.numpy_helper.to_float8e8m0(numbers, saturate, round_mode)
    result = convert(torch.from_numpy(numbers), 24, saturate=saturate, round_mode=round_mode)
    assert np.array_equal(result.view(torch.uint8).numpy(), expected.view(np.uint8))


def test_beyond_powers_of_two_lies_their_greatest_or_nothing():
    x = torch.tensor([float("inf"), float("nan"), 0.0])
    assert convert(x, 24).view(torch.uint8).tolist() == [0xFE, 0xFF, 0]
    assert convert(x, 24, saturate=False, round_mode="nearest").view(torch.uint8).tolist() == [0xFF, 0xFF, 0xFF]


def test_another_way_to_round_powers_of_two_is_refused():
    with pytest.raises(ValueError, match="up, down or nearest, not 'even'"):
        convert(torch.ones(1), 24, round_mode="even")


@pytest.mark.parametrize("code", [1, 10, 11, 16])
def test_texts_are_read_as_real_numbers(code: int):
    texts = np.array(["0.5", "1e3", "-INF", "+inf", "NaN", "-7"], dtype=object)
    result = convert(texts, code).to(torch.float64)
    assert result.nan_to_num(0.125, 8.0, 4.0).tolist() == [0.5, 1000, 4, 8, 0.125, -7]


@pytest.mark.parametrize(("code", "expected"), [(7, [3, -7]), (13, [3, 2**64 - 7]), (22, [3, -7]), (2, [3, 249])])
def test_texts_are_read_as_integers(code: int, expected: list[int]):
    assert convert(np.array(["3.9", "-7"], dtype=object), code).tolist() == expected


def test_text_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="could not convert string to float: 'Hello'"):
        convert(np.array(["Hello"], dtype=object), 1)


def test_real_numbers_are_written_as_short_as_they_can_be_read_again():
    x = torch.tensor([1 / 3, 2.0, float("nan"), float("inf"), float("-inf")])
    assert convert(x, 8).tolist() == ["0.33333334", "2.0", "NaN", "INF", "-INF"]
    assert convert(x[:1].to(torch.float16), 8).tolist() == ["0.3333"]


def test_integers_and_truth_values_are_written():
    assert convert(torch.tensor([[2**64 - 1]], dtype=torch.uint64), 8).tolist() == [["18446744073709551615"]]
    assert convert(torch.tensor([True]), 8).tolist() == ["True"]


def test_texts_stay_texts():
    texts = np.array(["a"], dtype=object)
    assert convert(texts, 8) is texts


def test_numbers_beyond_eight_bits_become_their_greatest():
    assert saturated(torch.tensor([1e9, -1e9]), torch.float8_e5m2).to(torch.float32).tolist() == [57344, -57344]
