"""Norms and standard deviations that divide."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.reducing.normalisation import lp_normalisation, mean_variance_normalisation


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("axis", [0, -1])
def test_what_is_divided_has_length_one(axis: int, p: int):
    x = torch.randn(3, 4, dtype=torch.float64)
    norm = np.linalg.norm(x.numpy(), p, axis, keepdims=True)
    assert np.allclose(lp_normalisation(x, axis=axis, p=p).numpy(), x.numpy() / norm)


def test_zeros_stay_zeros_and_have_a_finite_gradient():
    x = torch.zeros(2, 3, requires_grad=True)
    result = lp_normalisation(x)
    result.sum().backward()
    assert result.abs().sum().item() == 0
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("axes", [(0, 2, 3), (1,), (-1, 0)], ids=str)
def test_means_become_zero_and_deviations_one(axes: tuple[int, ...]):
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    expected = (x.numpy() - x.numpy().mean(axes, keepdims=True)) / x.numpy().std(axes, keepdims=True)
    assert np.allclose(mean_variance_normalisation(x, axes=axes).numpy(), expected)
