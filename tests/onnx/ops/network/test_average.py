"""Pools of means and of norms."""

import pytest
import torch

from leyden.onnx.ops.network.average import average_pool, global_average_pool, global_lp_pool, lp_pool

POOLS = [
    {"kernel_shape": (3, 2)},
    {"kernel_shape": (3, 2), "strides": (2, 2), "pads": (1, 1, 1, 1), "ceil_mode": 1},
    {"kernel_shape": (3, 3), "strides": (2, 3), "pads": (2, 0, 1, 1), "ceil_mode": 1},
    {"kernel_shape": (2, 2), "dilations": (2, 3), "pads": (1, 0, 0, 1)},
    {"kernel_shape": (3, 2), "strides": (2, 2), "auto_pad": "SAME_LOWER"},
    {"kernel_shape": (3, 2), "strides": (2, 2), "auto_pad": "VALID"},
]


@pytest.mark.parametrize("attributes", POOLS, ids=str)
@pytest.mark.parametrize("counted", [0, 1])
def test_means_agree_with_onnxruntime(agrees, attributes, counted):
    agrees("AveragePool", torch.randn(2, 3, 8, 9), count_include_pad=counted, **attributes)


@pytest.mark.parametrize("attributes", POOLS, ids=str)
@pytest.mark.parametrize("p", [1, 2, 3])
def test_norms_agree_with_onnxruntime(agrees, attributes, p):
    agrees("LpPool", torch.randn(2, 3, 8, 9), p=p, **attributes)


def test_what_only_rounding_up_adds_never_counts():
    x = torch.tensor([[[1.0, 3.0, 2.0]]])
    assert average_pool(x, kernel_shape=(2,), strides=(2,), ceil_mode=1, count_include_pad=1).tolist() == [[[2, 2]]]


def test_four_axes_can_be_pooled():
    x = torch.randn(1, 1, 2, 4, 4, 4)
    torch.testing.assert_close(average_pool(x, kernel_shape=(2, 4, 4, 4)).flatten()[0], x.mean())


def test_the_norm_of_zeros_has_a_gradient():
    x = torch.zeros(1, 1, 4, requires_grad=True)
    lp_pool(x, kernel_shape=(2,)).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[[0, 0, 0, 0]]]


@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalLpPool"])
@pytest.mark.parametrize("sizes", [(5,), (4, 3), (2, 3, 4)], ids=str)
def test_whole_channels_agree_with_onnxruntime(agrees, op, sizes):
    agrees(op, torch.randn(2, 3, *sizes))


def test_without_axes_of_space_nothing_is_averaged():
    x = torch.tensor([[-2.0, 3.0]])
    assert [pool(x).tolist() for pool in (global_average_pool, global_lp_pool)] == [[[-2, 3]], [[2, 3]]]
