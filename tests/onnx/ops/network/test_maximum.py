"""Pools of maxima, their inverse, and pools of boxes."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from leyden.onnx.ops.network import maximum
from leyden.onnx.ops.network.maximum import global_max_pool, max_roi_pool, max_unpool

max_pool: Callable[..., Any] = maximum.max_pool  # a tensor or two, as it is asked

POOLS = [
    {"kernel_shape": (3, 2)},
    {"kernel_shape": (3, 2), "strides": (2, 2), "pads": (1, 1, 1, 1), "ceil_mode": 1},
    {"kernel_shape": (3, 3), "strides": (2, 3), "pads": (2, 0, 1, 1), "ceil_mode": 1},
    {"kernel_shape": (2, 2), "dilations": (2, 3), "pads": (1, 0, 0, 1)},
    {"kernel_shape": (3, 2), "strides": (2, 2), "auto_pad": "SAME_LOWER"},
    {"kernel_shape": (3, 2), "strides": (2, 2), "auto_pad": "VALID"},
]


@pytest.mark.parametrize("attributes", POOLS, ids=str)
@pytest.mark.parametrize("count", [1, 2])
def test_maxima_and_their_places_agree_with_onnxruntime(agrees, attributes, count):
    agrees("MaxPool", torch.randn(2, 3, 8, 9), count=count, **attributes)


@pytest.mark.parametrize("sizes", [(7,), (5, 4), (4, 5, 3)], ids=str)
def test_places_may_count_columns_first(agrees, sizes):
    agrees("MaxPool", torch.randn(2, 2, *sizes), count=2, kernel_shape=(2,) * len(sizes), storage_order=1)


@pytest.mark.parametrize("dtype", [torch.int8, torch.uint8], ids=str)
@pytest.mark.parametrize("sizes", [(9,), (6, 6), (4, 4, 4)], ids=str)
def test_integers_are_padded_with_the_smallest(dtype, sizes):
    x = torch.randint(0, 100, (1, 2, *sizes)).to(dtype)
    x = x - 110 if dtype == torch.int8 else x
    kernel, pads = (2,) * len(sizes), (1,) * 2 * len(sizes)
    right = max_pool(x.float(), kernel_shape=kernel, pads=pads).to(dtype)
    assert max_pool(x, kernel_shape=kernel, pads=pads).equal(right)


def test_four_axes_can_be_pooled():
    x = torch.randn(1, 1, 2, 4, 4, 4)
    assert max_pool(x, kernel_shape=(2, 4, 4, 4)).item() == x.max()


def test_unpooling_undoes_pooling():
    x = torch.randn(2, 3, 4, 6).abs()
    largest, places = max_pool(x, kernel_shape=(2, 2), strides=(2, 2), output_count=2)
    back = max_unpool(largest, places, kernel_shape=(2, 2), strides=(2, 2))
    assert max_pool(back, kernel_shape=(2, 2), strides=(2, 2)).equal(largest)


def test_an_output_shape_adds_zeros_behind_each_axis():
    x, places = torch.ones(1, 1, 1, 1), torch.tensor([[[[3]]]])
    back = max_unpool(x, places, (1, 1, 3, 3), kernel_shape=(2, 2), strides=(2, 2))
    assert back[0, 0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_boxes_are_pooled_as_onnxruntime_pools_them(agrees):
    boxes = torch.tensor([[0.0, 0, 0, 6, 5], [1, 2, 1, 11, 9], [1, 0, 4, 3, 4], [0, 8, 8, 30, 30]])
    agrees("MaxRoiPool", torch.randn(2, 3, 9, 10), boxes, pooled_shape=(2, 3), spatial_scale=0.7, opset=13)


def test_gradients_reach_what_a_box_saw():
    x = torch.randn(1, 1, 4, 4, requires_grad=True)
    max_roi_pool(x, torch.tensor([[0.0, 0, 0, 1, 1]]), pooled_shape=(1, 1)).sum().backward()
    assert x.grad is not None
    assert x.grad.sum() == x.grad[0, 0, :2, :2].sum() == 1


@pytest.mark.parametrize("sizes", [(5,), (4, 3), (2, 3, 4)], ids=str)
def test_the_largest_of_whole_channels_agree_with_onnxruntime(agrees, sizes):
    agrees("GlobalMaxPool", torch.randn(2, 3, *sizes))


def test_without_axes_of_space_everything_is_largest():
    x = torch.randn(2, 3)
    assert global_max_pool(x) is x
