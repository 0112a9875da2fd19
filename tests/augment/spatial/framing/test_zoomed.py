from math import exp, log, sqrt
from typing import Any

import pytest
import torch
from scipy import stats

from leyden.augment.spatial import RandomResizedCrop
from leyden.errors import DrawError
from leyden.items import Image, Keypoints


def windows(transform, size, times=300):
    generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, *size))
    drawn = torch.tensor([transform.draw(generator, image).steps[0].numbers for _ in range(times)])
    return drawn[:, : len(size)], drawn[:, len(size) :]


@pytest.mark.parametrize("size", [(300, 400), (400, 300), (60, 90, 120)])
def test_windows_lie_on_the_grid_and_have_their_share_and_ratio(size):
    corners, extents = windows(RandomResizedCrop(32, scale=(0.2, 0.6)), size)
    assert (corners >= 0).all()
    assert (corners + extents <= torch.tensor(size)).all()
    shares = extents.prod(1) / torch.tensor(size).prod()
    assert shares.min() > 0.18
    assert shares.max() < 0.62
    parts = extents if len(size) == 2 else extents / torch.tensor(size)
    bound = 4 / 3 if len(size) == 2 else (4 / 3) ** 2
    assert (parts.amax(1) / parts.amin(1)).max() < bound + 0.04


def test_areas_and_ratios_are_distributed_as_torchvision_draws_them():
    size, scale = (300, 400), (0.08, 1.0)
    _, extents = windows(RandomResizedCrop(32), size, 800)
    generator = torch.Generator().manual_seed(9)
    areas, ratios = [], []
    while len(areas) < 800:  # the first of many that fits; that none of ten does is rare here
        share, spread = torch.rand(2, generator=generator).tolist()
        area, ratio = 120000 * (scale[0] + (1 - scale[0]) * share), exp(log(3 / 4) + 2 * log(4 / 3) * spread)
        if round(sqrt(area * ratio)) <= 400 and round(sqrt(area / ratio)) <= 300:
            areas.append(area)
            ratios.append(ratio)
    shapes = extents[:, 1] / extents[:, 0]
    for ours, expected in ((extents.prod(1), areas), (shapes, ratios)):
        test: Any = stats.ks_2samp(ours.numpy(), expected)
        assert test.pvalue > 0.01


def test_every_place_is_equally_likely():
    corners, extents = windows(RandomResizedCrop(4, scale=(0.25, 0.25), ratio=(1, 1)), (8, 8), 400)
    assert set(extents.flatten().tolist()) == {4.0}
    assert stats.chisquare(corners.long().flatten().bincount().numpy()).pvalue > 0.01


def test_where_nothing_fits_the_largest_window_is_taken():
    _, extents = windows(RandomResizedCrop(8, scale=(1, 1)), (100, 1000), 5)
    assert extents.tolist() == [[100, 133]] * 5
    _, extents = windows(RandomResizedCrop(8, scale=(1, 1)), (1000, 100), 5)
    assert extents.tolist() == [[133, 100]] * 5
    _, extents = windows(RandomResizedCrop(8, scale=(1, 1)), (10, 20, 40), 5)
    assert extents.tolist() == [[10, 20, 40]] * 5


def test_the_window_fills_the_new_grid_from_edge_to_edge():
    image = Image(torch.rand(1, 30, 40))
    draw = RandomResizedCrop(16, 20, scale=(0.2, 0.5)).draw(torch.Generator().manual_seed(2), image)
    down, right, high, wide = draw.steps[0].numbers
    ends = torch.tensor([[down - 0.5, right - 0.5], [down + high - 0.5, right + wide - 0.5]], dtype=torch.float64)
    torch.testing.assert_close(
        draw(Keypoints(ends, (30, 40))).data, torch.tensor([[-0.5, -0.5], [15.5, 19.5]], dtype=torch.float64)
    )
    assert draw(image).size == (16, 20)


def test_impossible_windows_are_refused_all_faults_at_once():
    with pytest.raises(DrawError, match=r"of at least one pixel; a scale of 0 < low <= high <= 1; a ratio of finite"):
        RandomResizedCrop(0, scale=(0, 2), ratio=(2, 1))
    with pytest.raises(DrawError, match="a scale of"):
        RandomResizedCrop(8, scale=(float("nan"), 1))
