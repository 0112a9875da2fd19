"""Sums of products over named axes, and determinants."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.shaping.algebra import det, einsum


@pytest.mark.parametrize("equation", ["ij,jk->ik", "ij, jk", "Ab,bA", "ij,jk->"])
def test_einsum_is_the_one_of_numpy(equation: str):
    a, b = torch.randn(3, 3, dtype=torch.float64), torch.randn(3, 3, dtype=torch.float64)
    expected = np.einsum(equation, a.numpy(), b.numpy())
    assert np.allclose(einsum(a, b, equation=equation).numpy(), expected)


def test_one_operand_can_be_turned():
    a = torch.arange(6).reshape(2, 3)
    assert torch.equal(einsum(a, equation="...ij->...ji"), a.t())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_det_of_each_matrix_keeps_the_type(dtype: torch.dtype):
    matrices = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[2.0, 0.0], [0.0, 2.0]]], dtype=dtype)
    assert torch.equal(det(matrices), torch.tensor([-2.0, 4.0], dtype=dtype))
