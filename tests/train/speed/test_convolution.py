import pytest
import torch

from leyden.train.speed.convolution import OneDnnConvolution

CASES = [
    ((1, 4, 7, 6, 5), (6, 4, 3, 3, 3), [1, 1, 1], [1, 1, 1], [1, 1, 1], 1),
    ((2, 3, 8, 8, 8), (5, 3, 3, 3, 3), [2, 2, 2], [1, 1, 1], [1, 1, 1], 1),
    ((1, 4, 6, 6, 6), (4, 2, 3, 1, 3), [1, 2, 1], [2, 0, 1], [2, 1, 1], 2),
    ((1, 4, 5, 5, 5), (3, 4, 1, 1, 1), [1, 1, 1], [0, 0, 0], [1, 1, 1], 1),
]


@pytest.mark.parametrize(("size", "window", "stride", "padding", "dilation", "groups"), CASES)
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_values_and_gradients_are_those_of_torch(size, window, stride, padding, dilation, groups, biased, layout):
    torch.manual_seed(0)
    images = torch.randn(size).contiguous(memory_format=layout).requires_grad_()
    weight = torch.randn(window, requires_grad=True)
    bias = torch.randn(window[0], requires_grad=True) if biased else None
    wanted = [part for part in (images, weight, bias) if part is not None]
    ours = OneDnnConvolution.apply(images, weight, bias, stride, padding, dilation, groups)
    truth = torch.conv3d(images, weight, bias, stride, padding, dilation, groups)
    slope = torch.randn_like(truth)
    assert torch.allclose(ours, truth, atol=1e-4)
    for found, expected in zip(
        torch.autograd.grad(ours, wanted, slope), torch.autograd.grad(truth, wanted, slope), strict=True
    ):
        assert torch.allclose(found, expected, atol=1e-3, rtol=1e-4)


def test_only_the_gradients_that_are_needed_are_made():
    images, weight = torch.randn(1, 2, 4, 4, 4), torch.randn(3, 2, 3, 3, 3, requires_grad=True)
    OneDnnConvolution.apply(images, weight, None, [1] * 3, [1] * 3, [1] * 3, 1).sum().backward()
    assert images.grad is None
    assert weight.grad.shape == weight.shape
