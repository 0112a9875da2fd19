"""Reductions whose axes are an attribute give what those give whose axes are an input."""

import pytest
import torch

from leyden.onnx.ops.reducing import reduction, reduction_attributes


@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("axes", [None, (1,), (0, -1)], ids=str)
@pytest.mark.parametrize("name", reduction.__all__)
def test_an_attribute_is_as_good_as_an_input(name: str, axes: tuple[int, ...] | None, keepdims: int):
    x = torch.rand(2, 3, 4)
    old = getattr(reduction_attributes, f"{name}_attribute")
    assert torch.equal(old(x, axes=axes, keepdims=keepdims), getattr(reduction, name)(x, axes, keepdims=keepdims))
