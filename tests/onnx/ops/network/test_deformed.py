"""Deformed convolutions."""

import pytest
import torch

from leyden.onnx.ops.network.convolution import conv
from leyden.onnx.ops.network.deformed import deform_conv


@pytest.mark.parametrize("sizes", [(7,), (6, 5), (4, 5, 4)], ids=str)
def test_without_offsets_it_is_a_convolution(sizes):
    axes = len(sizes)
    x, w, b = torch.randn(2, 4, *sizes), torch.randn(6, 2, *(3, 2, 2)[:axes]), torch.randn(6)
    settings = {"strides": (2, 1, 1)[:axes], "pads": (1,) * 2 * axes, "dilations": (1, 2, 1)[:axes], "group": 2}
    right = conv(x, w, b, **settings)
    taps = w[0, 0].numel()
    result = deform_conv(x, w, torch.zeros(2, 2 * taps * axes, *right.shape[2:]), b, offset_group=2, **settings)
    torch.testing.assert_close(result, right)


def test_an_offset_moves_where_it_looks():
    x, w = torch.arange(9.0).reshape(1, 1, 3, 3), torch.ones(1, 1, 1, 1)
    offset = torch.zeros(1, 2, 3, 3)
    offset[:, 1] = 0.5  # half a column to the right
    assert deform_conv(x, w, offset)[0, 0, 0].tolist() == [0.5, 1.5, 1.0]


def test_a_mask_weighs_what_it_sees():
    x, w = torch.ones(1, 1, 2, 2), torch.ones(1, 1, 1, 2)
    mask = torch.tensor([0.5, 2.0]).reshape(1, 2, 1, 1).expand(1, 2, 2, 1)
    assert deform_conv(x, w, torch.zeros(1, 4, 2, 1), None, mask).flatten().tolist() == [2.5, 2.5]


def test_gradients_reach_the_offsets():
    offset = torch.full((1, 2, 2, 2), 0.25, requires_grad=True)
    deform_conv(torch.arange(4.0).reshape(1, 1, 2, 2), torch.ones(1, 1, 1, 1), offset).sum().backward()
    assert offset.grad is not None
    assert offset.grad.abs().sum() > 0
