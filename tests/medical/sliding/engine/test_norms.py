import pytest
import torch
from torch.nn import functional

from leyden.medical.sliding.engine.norms import group_norm


@pytest.mark.parametrize("groups", [1, 2, 8])
@pytest.mark.parametrize("side", [1, 5, 31, 64])
def test_it_is_what_torch_computes_in_double_precision(groups: int, side: int) -> None:
    generator = torch.Generator().manual_seed(side)
    volume = (torch.randn(2, 8, side, 5, 7, generator=generator) + 3).to(memory_format=torch.channels_last_3d)
    weight, bias = torch.randn(8, generator=generator), torch.randn(8, generator=generator)
    exact = functional.group_norm(volume.double(), groups, weight.double(), bias.double())
    found = group_norm(volume, groups, weight=weight, bias=bias, eps=1e-5)
    torch.testing.assert_close(found.double(), exact, atol=2e-5, rtol=1e-5)
    assert found.is_contiguous(memory_format=torch.channels_last_3d)


def test_it_is_nearer_than_torch_on_large_volumes() -> None:
    volume = torch.randn(1, 8, 64, 64, 64, generator=torch.Generator().manual_seed(0)) + 3
    volume = volume.to(memory_format=torch.channels_last_3d)
    exact = functional.group_norm(volume.double(), 8)
    ours = (group_norm(volume, 8, weight=None, bias=None, eps=1e-5) - exact).abs().max()
    assert ours < 2e-5
    assert ours < (functional.group_norm(volume, 8) - exact).abs().max() / 5


@pytest.mark.parametrize("groups", [2, 8])
@pytest.mark.parametrize("middle", [30.0, -1000.0, 30000.0])
def test_a_small_spread_about_a_large_mean_is_kept(middle: float, groups: int) -> None:
    volume = torch.randn(2, 8, 12, 13, 14, generator=torch.Generator().manual_seed(0))
    volume[1] += middle  # a window of nearly one value beside an ordinary one
    volume = volume.to(memory_format=torch.channels_last_3d)
    exact = functional.group_norm(volume.double(), groups)
    found = group_norm(volume, groups, weight=None, bias=None, eps=1e-5)
    torch.testing.assert_close(found.double(), exact, atol=2e-5, rtol=1e-5)


def test_a_constant_volume_gives_the_bias() -> None:
    volume = torch.full((1, 2, 4, 4, 4), 5.0).to(memory_format=torch.channels_last_3d)
    found = group_norm(volume, 2, weight=None, bias=torch.tensor([1.0, -1.0]), eps=1e-5)
    torch.testing.assert_close(found, torch.tensor([1.0, -1.0]).view(1, 2, 1, 1, 1).expand_as(found), atol=1e-4, rtol=0)
