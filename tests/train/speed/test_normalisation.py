import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from leyden.train.speed.normalisation import ChannelsLastNorm, channels_last


@settings(deadline=None, max_examples=30)
@given(
    st.integers(1, 3), st.sampled_from([(1, 4), (2, 6), (3, 3), (8, 8), (5, 10)]),
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(2, 6)), st.booleans(), st.integers(0, 99),
)  # fmt: skip
def test_values_and_gradients_are_those_of_torch(batch, channels, size, learned, seed):
    generator = torch.Generator().manual_seed(seed)
    groups, count = channels
    images = (torch.randn(batch, count, *size, generator=generator) * 2 + 3).requires_grad_()
    weight, bias = ((torch.rand(count, generator=generator) + 0.5).requires_grad_() for _ in range(2))
    parts = (images, weight, bias) if learned else (images,)
    given_parts = (weight, bias) if learned else (None, None)
    ours = ChannelsLastNorm.apply(images, groups, *given_parts, 1e-5)
    truth = functional.group_norm(images, groups, *given_parts, 1e-5)
    slope = torch.randn(truth.shape, generator=generator)
    assert torch.allclose(ours, truth, atol=2e-4)
    for found, expected in zip(
        torch.autograd.grad(ours, parts, slope), torch.autograd.grad(truth, parts, slope), strict=True
    ):
        assert torch.allclose(found, expected, atol=2e-3, rtol=1e-3)


def test_bfloat16_goes_in_and_out_and_is_summed_in_float32():
    torch.manual_seed(0)
    images = (torch.randn(1, 4, 16, 16, 16) + 50).bfloat16()
    found = ChannelsLastNorm.apply(images, 2, None, None, 1e-5)
    assert found.dtype == torch.bfloat16
    assert torch.allclose(found.float(), functional.group_norm(images.float(), 2), atol=0.02)


def test_channels_stay_together_and_what_follows_may_work_in_place():
    images = torch.randn(1, 4, 3, 3, 3, requires_grad=True)
    found = ChannelsLastNorm.apply(images, 4, None, None, 1e-5)
    assert found.is_contiguous(memory_format=torch.channels_last_3d)
    functional.relu_(found).sum().backward()
    assert images.grad is not None


def test_putting_channels_together_changes_no_value():
    images = torch.randn(2, 3, 4, 5, 6)
    assert torch.equal(channels_last(images), images)
    assert channels_last(images).stride()[1] == 1


def test_the_gradient_that_comes_in_stays_as_it_is_for_others_who_hold_it():
    images = channels_last(torch.randn(1, 4, 4, 4, 4)).requires_grad_()
    slope = channels_last(torch.randn(1, 4, 4, 4, 4))
    before = slope.clone()
    ChannelsLastNorm.apply(images, 2, None, None, 1e-5).backward(slope)
    assert torch.equal(slope, before)


@pytest.mark.parametrize("size", [(1, 1, 7), (13, 1, 1), (31, 7, 11)])
def test_sizes_without_small_divisors_are_normalised_as_well(size):
    images = torch.randn(1, 2, *size)
    found = ChannelsLastNorm.apply(images, 2, None, None, 1e-5)
    assert torch.allclose(found, functional.group_norm(images, 2), atol=1e-5)
