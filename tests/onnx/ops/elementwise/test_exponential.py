"""Roots, exponentials and logarithms against NumPy."""

from collections.abc import Callable
from math import erf

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise import exponential

PAIRS = [
    (exponential.square_root, np.sqrt), (exponential.exponential_function, np.exp), (exponential.logarithm, np.log),
    (exponential.reciprocal, np.reciprocal), (exponential.error_function, np.vectorize(erf)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=[ours.__name__ for ours, _ in PAIRS])
def test_values_are_those_of_numpy_in_every_type(ours: Callable, theirs: Callable, dtype: torch.dtype):
    x = torch.linspace(0.25, 3, 12).to(dtype)
    expected = torch.from_numpy(theirs(x.to(torch.float64).numpy()))
    result = ours(x)
    assert result.dtype == dtype
    assert torch.allclose(result.to(torch.float64), expected, rtol=2 * torch.finfo(dtype).eps, atol=0)
