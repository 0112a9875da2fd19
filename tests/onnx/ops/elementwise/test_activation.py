"""Activations against their formulas, in float64 and in every other type."""

from collections.abc import Callable
from math import pi

import numpy as np
import pytest
import torch
from torch import Tensor

from leyden.onnx.ops.elementwise import activation

X = torch.linspace(-6, 6, 49, dtype=torch.float64)


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


FORMULAS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[np.ndarray], np.ndarray]]] = {
    "relu": (activation.relu, lambda x: np.maximum(x, 0)),
    "sigmoid": (activation.sigmoid, logistic),
    "leaky": (lambda x: activation.leaky_relu(x, alpha=0.1), lambda x: np.where(x < 0, 0.1 * x, x)),
    "elu": (lambda x: activation.elu(x, alpha=2.0), lambda x: np.where(x < 0, 2 * np.expm1(x), x)),
    "selu": (
        lambda x: activation.selu(x, alpha=2.0, gamma=3.0), lambda x: 3 * np.where(x < 0, 2 * np.expm1(x), x),
    ),
    "selu of version 1": (
        activation.selu_rounded, lambda x: 1.0507 * np.where(x < 0, 1.6732 * np.expm1(x), x),
    ),
    "celu": (lambda x: activation.celu(x, alpha=2.0), lambda x: np.where(x < 0, 2 * np.expm1(x / 2), x)),
    "gelu by tanh": (
        lambda x: activation.gelu(x, approximate="tanh"),
        lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / pi) * (x + 0.044715 * x**3))),
    ),
    "hard sigmoid": (
        lambda x: activation.hard_sigmoid(x, alpha=0.3, beta=0.4), lambda x: np.clip(0.3 * x + 0.4, 0, 1),
    ),
    "hard swish": (activation.hard_swish, lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    "mish": (activation.mish, lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    "softplus": (activation.softplus, lambda x: np.log1p(np.exp(x))),
    "softsign": (activation.softsign, lambda x: x / (1 + np.abs(x))),
    "swish": (activation.swish, lambda x: x * logistic(x)),
    "swish with alpha": (lambda x: activation.swish(x, alpha=1.7), lambda x: x * logistic(1.7 * x)),
    "thresholded": (lambda x: activation.thresholded_relu(x, alpha=2.0), lambda x: np.where(x > 2, x, 0)),
    "shrink": (
        lambda x: activation.shrink(x, lambd=1.5, bias=1.0),
        lambda x: np.where(x < -1.5, x + 1, np.where(x > 1.5, x - 1, 0)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("name", FORMULAS)
def test_values_are_those_of_the_formula_in_every_type(name: str, dtype: torch.dtype):
    ours, formula = FORMULAS[name]
    x = X.to(dtype)
    result = ours(x)
    assert result.dtype == dtype
    tolerance = 8 * torch.finfo(dtype).eps
    expected = torch.from_numpy(formula(x.to(torch.float64).numpy()))
    assert torch.allclose(result.to(torch.float64), expected, rtol=tolerance, atol=tolerance)


def test_gelu_is_weighted_by_the_error_function():
    expected = X / 2 * (1 + torch.erf(X / 2**0.5))
    assert torch.allclose(activation.gelu(X), expected)


def test_selu_is_that_of_torch_by_default():
    assert torch.equal(activation.selu(X.float()), torch.selu(X.float()))


def test_softplus_is_exact_where_float32_would_stop():
    x = torch.tensor([25.0], dtype=torch.float64)
    assert activation.softplus(x).item() == pytest.approx(25 + np.log1p(np.exp(-25.0)), abs=1e-14)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1, 1), (2, 3, 4, 4), (1, 3, 1, 4), (1, 1, 1, 1)], ids=str)
def test_slopes_are_broadcast(shape: tuple[int, ...]):
    x, slope = torch.randn(2, 3, 4, 4), torch.rand(shape)
    assert torch.equal(activation.prelu(x, slope), torch.where(x < 0, x * slope, x))


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.uint32, torch.uint64])
def test_integers_have_slopes(dtype: torch.dtype):
    assert activation.prelu(torch.tensor([3, 4], dtype=dtype), torch.tensor([2], dtype=dtype)).tolist() == [3, 4]


def test_the_first_slopes_belong_to_channels():
    x = -torch.ones(1, 2, 3)
    assert activation.prelu_channels(x, torch.tensor([2.0, 3.0]))[0, :, 0].tolist() == [-2, -3]
    assert activation.prelu_channels(x, torch.tensor([2.0])).unique().tolist() == [-2]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.uint64, torch.int32])
def test_integers_shrink(dtype: torch.dtype):
    assert activation.shrink(torch.tensor([0, 1, 5], dtype=dtype), lambd=1.5, bias=1.5).tolist() == [0, 0, 3]
