"""Quantisation against NumPy, by tensor, by axis and by block."""

import ml_dtypes
import numpy as np
import pytest
import torch

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.quantised.linear import dequantise, quantise, quantise_dynamically, requantised

RANGES = {
    2: (0, 255), 3: (-128, 127), 4: (0, 65535), 5: (-32768, 32767), 21: (0, 15), 22: (-8, 7), 25: (0, 3), 26: (-2, 1),
}  # fmt: skip
POINTS = {17: ml_dtypes.float8_e4m3fn, 19: ml_dtypes.float8_e5m2, 23: ml_dtypes.float4_e2m1fn}


@pytest.mark.parametrize("code", RANGES)
def test_integers_are_rounded_to_even_moved_and_held_in_range(code: int):
    x = torch.tensor([-1e6, -1.25, -0.75, 0.0, 0.25, 0.75, 1e6])
    zero_point = torch.tensor(1).to(torch_dtype(code))
    result = quantise(x, torch.tensor(0.5), zero_point, input_types=(1, 1, code))
    expected = np.clip(np.rint(x.numpy() / 0.5) + 1, *RANGES[code])
    assert result.dtype == torch_dtype(code)
    assert result.tolist() == expected.tolist()


@pytest.mark.parametrize("code", POINTS)
def test_small_floating_point_is_saturated(code: int):
    x = torch.tensor([-1e6, -1.3, 0.7, 5.0, 1e6])
    result = quantise(x, torch.tensor(2.0), output_dtype=code)
    greatest = float(ml_dtypes.finfo(POINTS[code]).max)
    expected = np.clip(x.numpy() / 2, -greatest, greatest).astype(POINTS[code]).astype(np.float32)
    assert result.to(torch.float32).tolist() == expected.tolist()


def test_small_floating_point_may_overflow():
    result = quantise(torch.tensor([1e6]), torch.tensor(1.0), output_dtype=19, saturate=0)
    assert result.to(torch.float32).item() == float("inf")


def test_without_a_type_it_is_uint8():
    assert quantise(torch.tensor([3.0]), torch.tensor(1.0)).dtype == torch.uint8


def test_a_zero_point_of_sixteen_bits_is_added_exactly_in_half_precision():
    zero_point = torch.tensor(40001).to(torch.uint16)
    result = quantise(torch.tensor([2.0], dtype=torch.float16), torch.tensor(1.0, dtype=torch.float16), zero_point)
    assert result.tolist() == [40003]


def test_the_scale_says_how_precisely_is_divided_unless_the_node_does():
    x, scale = torch.tensor([2049.0]), torch.tensor(1.0, dtype=torch.float16)
    assert quantise(x, scale, output_dtype=5).tolist() == [2048]
    assert quantise(x, scale, output_dtype=5, precision=1).tolist() == [2049]


@pytest.mark.parametrize("axis", [1, -2])
def test_each_slice_has_its_own_scale(axis: int):
    x = torch.tensor([[[2.0, 4.0], [30.0, 60.0]]])
    scale, zero_point = torch.tensor([2.0, 10.0]), torch.tensor([0, 100], dtype=torch.uint8)
    result = quantise(x, scale, zero_point, axis=axis)
    assert result.tolist() == [[[1, 2], [103, 106]]]
    assert torch.equal(dequantise(result, scale, zero_point, axis=axis), x)


@pytest.mark.parametrize("axis", [1, -1])
def test_each_block_has_its_own_scale_and_the_last_may_be_cut(axis: int):
    x = torch.tensor([[1.0, 2.0, 30.0, 40.0, 500.0]])
    scale = torch.tensor([[1.0, 10.0, 100.0]])
    result = quantise(x, scale, torch.zeros(1, 3, dtype=torch.int8), axis=axis, block_size=2)
    assert result.tolist() == [[1, 2, 3, 4, 5]]
    assert torch.equal(dequantise(result, scale, axis=axis, block_size=2), x)


@pytest.mark.parametrize("axis", [0, 1])
def test_one_scale_in_brackets_is_one_for_all(axis: int):
    assert quantise(torch.tensor([[4.0, 6.0]]), torch.tensor([2.0]), axis=axis).tolist() == [[2, 3]]


@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, 17, 18, 19, 20, 21, 22, 23, 25])
@pytest.mark.parametrize("real", [torch.float16, torch.bfloat16, torch.float32])
def test_numbers_come_back_in_the_type_of_the_scale(code: int, real: torch.dtype):
    x = torch.tensor([0.0, 1.0]).to(torch_dtype(code))
    result = dequantise(x, torch.tensor(3.0, dtype=real))
    assert torch.equal(result, torch.tensor([0.0, 3.0], dtype=real))


def test_numbers_come_back_in_the_type_that_is_asked_for():
    scale = torch.tensor([4.0]).to(torch.float8_e8m0fnu)
    result = dequantise(torch.tensor([3], dtype=torch.int8), scale, output_dtype=16)
    assert torch.equal(result, torch.tensor([12.0], dtype=torch.bfloat16))


def test_a_scale_that_is_trained_has_its_gradient():
    scale = torch.tensor(0.5, requires_grad=True)
    dequantise(torch.tensor([3, 4], dtype=torch.uint8), scale, torch.tensor(1, dtype=torch.uint8)).sum().backward()
    assert scale.grad is not None
    assert scale.grad.item() == 5.0


@pytest.mark.parametrize(
    ("numbers", "scale", "zero_point"),
    [([0.0, 2.0, -3.0], 5 / 255, 153), ([1.0, 3.0], 3 / 255, 0), ([-4.0, -1.0], 4 / 255, 255), ([0.0], 1 / 255, 0)],
    ids=["both sides", "above", "below", "zero"],
)
def test_the_range_of_the_numbers_and_of_zero_asks_for_a_scale(numbers: list, scale: float, zero_point: int):
    x = torch.tensor(numbers)
    y, found_scale, found_point = quantise_dynamically(x)
    assert found_scale.item() == pytest.approx(scale, rel=1e-6)
    assert torch.equal(found_point, torch.tensor(zero_point, dtype=torch.uint8))
    assert torch.allclose(dequantise(y, found_scale, found_point), x, atol=scale / 2 + 1e-6)


def test_a_type_that_is_not_quantised_to_is_refused():
    with pytest.raises(ValueError, match="ONNX's type 7 holds no quantised numbers"):
        requantised(torch.ones(1), None, 7)
