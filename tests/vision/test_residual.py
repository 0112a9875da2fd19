import jaxtyping
import pytest
import torch
from torch import nn

from leyden.errors import VisionError
from leyden.vision.residual import Residual, convolution, norm_layer


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("stride", "side"), [(1, 7), (2, 4)])
def test_a_block_keeps_the_size_or_halves_it_rounding_up(dims, stride, side):
    block = Residual(2, 5, dims=dims, stride=stride)
    assert block(torch.randn(2, 2, *[7] * dims)).shape == (2, 5, *[side] * dims)


def test_the_branch_is_added_to_what_came_in():
    block = Residual(3, 3, dims=2)
    nn.init.zeros_(block.second_norm.weight)
    images = torch.randn(2, 3, 5, 5)
    assert torch.equal(block(images), nn.functional.leaky_relu(images, 0.01))


def test_a_block_of_other_width_has_a_shortcut_of_window_one():
    assert isinstance(Residual(3, 3, dims=3).shortcut, nn.Identity)
    assert Residual(3, 4, dims=3, stride=2).shortcut.weight.shape == (4, 3, 1, 1, 1)


def test_dropped_samples_pass_the_branch_by():
    block = Residual(2, 2, dims=3, drop=0.999999).train()
    images = torch.rand(1, 2, 4, 4, 4)
    torch.manual_seed(0)
    assert torch.equal(block(images), images)
    assert not torch.equal(block.eval()(images), images)


@pytest.mark.parametrize(("norm", "kind"), [("instance", nn.InstanceNorm3d), ("batch", nn.BatchNorm3d)])
def test_norms_learn_scale_and_shift(norm, kind):
    layer = norm_layer(norm, 6, dims=3)
    assert isinstance(layer, kind)
    assert layer.weight.shape == layer.bias.shape == (6,)


@pytest.mark.parametrize(("channels", "groups"), [(4, 1), (8, 1), (32, 4)])
def test_a_group_is_eight_channels(channels, groups):
    assert norm_layer("group", channels, dims=2).num_groups == groups


def test_a_norm_that_is_not_known_is_told_with_those_that_are():
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with pytest.raises(VisionError, match="norm='layer' must be one of instance, batch, group"):
            norm_layer("layer", 4, dims=3)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)


def test_weights_start_so_that_a_leaky_relu_keeps_the_deviation():
    torch.manual_seed(0)
    layer = convolution(64, 64, dims=2)
    assert float(layer.weight.detach().std()) == pytest.approx((2 / (1 + 0.01**2) / (64 * 9)) ** 0.5, rel=0.02)
    assert layer.bias is None
