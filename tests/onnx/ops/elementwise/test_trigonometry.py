"""Functions of angles and of hyperbolas against NumPy."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise import trigonometry

NUMPY = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}
PAIRS = [(getattr(trigonometry, name), getattr(np, NUMPY.get(name, name))) for name in trigonometry.__all__]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=trigonometry.__all__)
def test_values_are_those_of_numpy_in_every_type(ours: Callable, theirs: Callable, dtype: torch.dtype):
    x = torch.linspace(-0.875, 0.875, 9).to(dtype) + (2 if ours is trigonometry.acosh else 0)
    expected = torch.from_numpy(theirs(x.to(torch.float64).numpy()))
    result = ours(x)
    assert result.dtype == dtype
    assert torch.allclose(result.to(torch.float64), expected, rtol=4 * torch.finfo(dtype).eps, atol=0)
