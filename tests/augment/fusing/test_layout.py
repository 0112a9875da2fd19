from math import isfinite

import pytest
import torch

from leyden.augment.fusing.layout import blocks, channel_means, floating, planar, spread

KINDS = [torch.uint8, torch.float16, torch.float32, torch.float64]
SHAPES = [(5, 6, 1), (5, 6, 2), (5, 6, 3), (5, 6, 4), (5, 6, 7), (1, 1, 3), (4, 5, 6, 2)]


def image_of(kind, shape):
    return (torch.rand(shape) * 255).to(kind).movedim(-1, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_pixels_become_planes_of_the_same_values(kind, shape):
    for data in (image_of(kind, shape), image_of(kind, shape).flip(1)[:, 1:], image_of(kind, shape).contiguous()):
        if not data.numel():
            continue
        planes = planar(data)
        assert planes.is_contiguous()
        assert torch.equal(planes, data)
        assert (planes is data) == data.is_contiguous()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_reals_are_bytes_over_255_and_never_half(kind, shape):
    data = image_of(kind, shape)
    expected = data.double() / 255 if kind == torch.uint8 else data.double()
    assert floating(data).dtype == (torch.float64 if kind == torch.float64 else torch.float32)
    torch.testing.assert_close(floating(data).double(), expected, atol=1e-7, rtol=1e-7)
    means = expected.flatten(1).mean(1)
    for layout in (data, data.contiguous()):
        torch.testing.assert_close(torch.tensor(channel_means(layout)).double(), means, atol=1e-6, rtol=1e-5)
    assert all(isinstance(mean, float) for mean in channel_means(data))


def test_blocks_are_views_that_make_up_the_whole():
    data = torch.zeros(3, 100, 120)
    pieces = list(blocks(data))
    assert len(pieces) == 3
    for number, piece in enumerate(pieces, start=1):
        piece.add_(number)
    assert data.view(-1)[[0, 2**14 - 1, 2**14, -1]].tolist() == [1, 1, 2, 3]
    assert [piece.shape for piece in blocks(torch.zeros(1, 1, 1))] == [(1,)]


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_mean_and_deviation_are_those_of_torch_even_far_from_zero(kind):
    data = torch.randn(2, 300, 301, generator=torch.Generator().manual_seed(0)).to(kind)
    for shift in (0, 1000):
        mean, std = spread(data + shift)
        far = data.double() if shift == 0 else (data + shift).double()
        assert mean == pytest.approx(far.mean().item(), rel=1e-6, abs=1e-6)
        assert std == pytest.approx(far.std(correction=0).item(), rel=1e-5)
    assert spread(torch.tensor([[-1e30, 1e30]]).to(kind)) == (pytest.approx(0), pytest.approx(1e30))
    assert not isfinite(spread(torch.tensor([[1.0, float("inf")]]).to(kind))[1])
    assert spread(torch.full((1, 4, 4), 0.1)) == (pytest.approx(0.1), pytest.approx(0, abs=1e-7))


@pytest.mark.parametrize("shape", [(3, 9, 1), (2, 11, 13), (1, 5, 6, 7)])
def test_the_mean_of_bytes_does_not_depend_on_how_they_lie(shape):
    data = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    wide = torch.zeros([2 * count for count in shape], dtype=torch.uint8)
    strided = wide[tuple(slice(1, None, 2) for _ in shape)].copy_(data)
    by_pixel = data.movedim(0, -1).contiguous().movedim(-1, 0)
    assert channel_means(strided) == channel_means(data) == channel_means(by_pixel)
