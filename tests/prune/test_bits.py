import gc

import pytest
import torch
from torch import nn

from leyden.prune import bits
from leyden.prune.bits import Through, through, zero_

SHAPES = {"matrix": (150, 200), "filters": (64, 32, 3, 5), "many pieces": (700, 900), "small": (3, 4)}
TYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def drawn(shape, dtype=torch.float32):
    weights = torch.randn(shape).to(dtype)
    flat = weights.view(-1)
    flat[::7], flat[1::7], flat[2::7], flat[3::7] = torch.inf, -torch.inf, torch.nan, -0.0
    return weights, torch.rand(shape) > 0.7


def same(left, right):
    """Equal, NaN in the same places, and of the same signs of zero."""
    return torch.equal(left.nan_to_num(7.0), right.nan_to_num(7.0)) and torch.equal(left.signbit(), right.signbit())


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_weights_and_gradients_are_those_of_where(shape, dtype):
    weights, mask = drawn(shape, dtype)
    gradient, _ = drawn(shape, dtype)
    leaf = nn.Parameter(weights)
    kept = through(leaf, mask)
    kept.backward(gradient)
    assert same(kept.detach(), torch.where(mask, weights, 0))
    assert same(leaf.grad, torch.where(mask, gradient, 0))
    assert leaf.detach().data_ptr() != kept.data_ptr()


LAYOUTS = {
    "channels last": lambda tensor: tensor.contiguous(memory_format=torch.channels_last),
    "transposed": lambda tensor: tensor.transpose(0, 1),
    "with gaps": lambda tensor: tensor[:, ::2],
    "repeated": lambda tensor: tensor[:1].expand(tensor.shape),
}


@pytest.mark.parametrize("laid", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("mask_laid_out_alike", [True, False])
def test_the_layout_in_memory_makes_no_difference(laid, mask_laid_out_alike):
    weights, mask = drawn((64, 64, 3, 3))
    weights = laid(weights)
    mask = laid(mask) if mask_laid_out_alike else laid(mask).contiguous()
    leaf = nn.Parameter(weights)
    assert same(through(leaf, mask).detach(), torch.where(mask, weights, 0))


def test_the_layout_in_memory_stays():
    weights, mask = (tensor.contiguous(memory_format=torch.channels_last) for tensor in drawn((64, 64, 3, 3)))
    assert through(nn.Parameter(weights), mask).is_contiguous(memory_format=torch.channels_last)


def test_gradients_of_gradients_are_those_of_where():
    weights, mask = torch.randn(150, 200), torch.rand(150, 200) > 0.5
    found = []
    for way in (through, lambda leaf, mask: torch.where(mask, leaf, 0)):
        leaf = nn.Parameter(weights.clone())
        (slope,) = torch.autograd.grad(way(leaf, mask).pow(3).sum(), leaf, create_graph=True)
        found.append(torch.autograd.grad(slope.square().sum(), leaf)[0])
    assert torch.equal(*found)


@pytest.mark.parametrize("axes", [(0, 0), (1, 0), (0, None), (None, 0)], ids=str)
def test_it_can_be_mapped(axes):
    tensors = (torch.randn(150, 150, 4), torch.rand(150, 150, 4) > 0.5)
    weights, mask = (tensor if axis is not None else tensor[0] for tensor, axis in zip(tensors, axes, strict=True))
    wanted = torch.vmap(lambda one, kept: torch.where(kept, one, 0), in_dims=axes)(weights, mask)
    assert torch.equal(torch.vmap(Through.apply, in_dims=axes)(weights, mask), wanted)


def test_gradients_of_many_outputs_can_be_taken_at_once():
    leaf, mask = nn.Parameter(torch.randn(150, 200)), torch.rand(150, 200) > 0.5
    directions = torch.randn(3, 150, 200)
    (found,) = torch.autograd.grad(through(leaf, mask), leaf, directions, is_grads_batched=True)
    assert torch.equal(found, torch.where(mask, directions, 0))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("laid", LAYOUTS.values(), ids=LAYOUTS)
def test_zeros_are_written_in_place_whatever_was_there(laid, dtype):
    weights, mask = drawn((64, 64, 3, 3), dtype)
    weights = laid(weights).clone()
    mask = laid(mask).clone()
    wanted = torch.where(mask, weights, 0)
    zero_(weights, mask)
    assert same(weights, wanted)


def test_empty_weights_stay_empty():
    assert through(nn.Parameter(torch.empty(0, 4)), torch.empty(0, 4, dtype=torch.bool)).shape == (0, 4)
    zero_(torch.empty(0, 4), torch.empty(0, 4, dtype=torch.bool))


def test_a_mask_that_was_changed_in_place_is_read_anew():
    weights, mask = nn.Parameter(torch.ones(200, 200)), torch.ones(200, 200, dtype=torch.bool)
    assert through(weights, mask).sum() == 40_000
    mask[:, :50] = False
    assert through(weights, mask).sum() == 30_000


def test_a_mask_serves_weights_of_two_types():
    mask = torch.arange(20_000) % 2 == 0
    for dtype in (torch.float32, torch.float64, torch.float32):
        weights = nn.Parameter(torch.ones(20_000, dtype=dtype))
        through(weights, mask).sum().backward()
        assert torch.equal(weights.grad, mask.to(dtype))


def test_what_is_kept_of_a_mask_goes_with_the_mask():
    before = len(bits._WIDE)
    mask = torch.ones(20_000, dtype=torch.bool)
    through(nn.Parameter(torch.ones(20_000)), mask)
    assert len(bits._WIDE) == before + 1
    del mask
    gc.collect()
    assert len(bits._WIDE) <= before
