"""Pools over all axes of space."""

import pytest
import torch

from leyden.onnx.ops.network.whole import global_average_pool, global_lp_pool, global_max_pool


@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"])
@pytest.mark.parametrize("sizes", [(5,), (4, 3), (2, 3, 4)], ids=str)
def test_whole_channels_agree_with_onnxruntime(agrees, op, sizes):
    agrees(op, torch.randn(2, 3, *sizes))


@pytest.mark.parametrize("pool", [global_average_pool, global_max_pool], ids=["mean", "largest"])
def test_without_axes_of_space_nothing_is_pooled(pool):
    x = torch.randn(2, 3)
    assert pool(x).equal(x)


def test_the_norm_of_one_element_is_its_size():
    assert global_lp_pool(torch.tensor([[-2.0, 3.0]])).tolist() == [[2, 3]]
