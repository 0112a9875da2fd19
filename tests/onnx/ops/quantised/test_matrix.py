"""Products of matrices of small integers against NumPy's."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.quantised.matrix import centred, exact_dtype, multiply_integers, multiply_quantised


def drawn(kind: str, *shape: int) -> np.ndarray:
    limits = np.iinfo(kind)
    return np.random.default_rng(0).integers(limits.min, limits.max, shape, dtype=kind, endpoint=True)


@pytest.mark.parametrize("depth", [3, 1000])
@pytest.mark.parametrize("right", ["int8", "uint8"])
@pytest.mark.parametrize("left", ["int8", "uint8"])
def test_products_are_exact_however_deep(left: str, right: str, depth: int):
    a, b = drawn(left, 2, 4, depth), drawn(right, depth, 5)
    a_zero, b_zero = np.array(7, dtype=left), np.array(100, dtype=right)
    result = multiply_integers(*map(torch.from_numpy, (a, b)), *map(torch.from_numpy, (a_zero, b_zero)))
    assert result.dtype == torch.int32
    assert np.array_equal(result.numpy(), (a.astype(np.int64) - 7) @ (b.astype(np.int64) - 100))


def test_sums_beyond_float32_are_computed_in_float64():
    assert (exact_dtype(258), exact_dtype(259)) == (torch.float32, torch.float64)


def test_zero_points_belong_to_rows_and_columns():
    a, b = torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8), torch.eye(2, dtype=torch.uint8)
    rows, columns = torch.tensor([1, 3], dtype=torch.uint8), torch.tensor([0, 1], dtype=torch.uint8)
    assert multiply_integers(a, b, rows).tolist() == [[0, 1], [0, 1]]
    assert multiply_integers(a, b, None, columns).tolist() == [[1, -1], [3, -3]]


def test_without_a_zero_point_only_the_type_changes():
    assert torch.equal(centred(torch.tensor([3], dtype=torch.uint8), None, torch.float32), torch.tensor([3.0]))


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_a_quantised_product_is_the_quantised_product_of_real_matrices(kind: str):
    a, b = drawn(kind, 3, 4), drawn(kind, 4, 2)
    zero = torch.tensor(5, dtype=getattr(torch, kind))
    scales = [torch.tensor(scale) for scale in (0.02, 0.03, 0.5)]
    result = multiply_quantised(
        torch.from_numpy(a), scales[0], zero, torch.from_numpy(b), scales[1], zero, scales[2], zero
    )
    real = (a.astype(np.float64) - 5) * 0.02 @ ((b.astype(np.float64) - 5) * 0.03)
    expected = np.clip(np.rint(real / 0.5) + 5, np.iinfo(kind).min, np.iinfo(kind).max)
    assert np.array_equal(result.numpy(), expected)


def test_scales_belong_to_rows_and_columns():
    eye, zero, one = torch.eye(2, dtype=torch.uint8), torch.tensor(0, dtype=torch.uint8), torch.tensor(1.0)
    line = torch.tensor([[1, 1], [1, 1]], dtype=torch.uint8)
    rows = multiply_quantised(line, torch.tensor([2.0, 5.0]), zero, eye, one, zero, one, zero)
    columns = multiply_quantised(line, one, zero, eye, torch.tensor([2.0, 5.0]), zero, one, zero)
    assert rows.tolist() == [[2, 2], [5, 5]]
    assert columns.tolist() == [[2, 5], [2, 5]]


def test_small_floating_point_is_multiplied():
    eight = torch.tensor([[2.0]]).to(torch.float8_e4m3fn)
    zero, one = torch.tensor(0.0).to(torch.float8_e4m3fn), torch.tensor(1.0)
    result = multiply_quantised(eight, one, zero, eight, one, zero, one, zero)
    assert result.dtype == torch.float8_e4m3fn
    assert result.to(torch.float32).item() == 4.0
