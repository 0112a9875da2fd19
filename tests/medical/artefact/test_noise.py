import numpy as np
import pytest
import torch
from scipy import stats

from leyden.errors import DrawError
from leyden.items import Image
from leyden.medical import RicianNoise


def noisy(value, sigma=0.1, lowest=None):
    data = torch.full((1, 200, 200), float(value), dtype=torch.float64)
    if lowest is not None:
        data[0, 0, 0] = lowest
    image = Image(data)
    return RicianNoise(sigma, sigma).draw(torch.Generator().manual_seed(0), image)(image).data.flatten().numpy()


@pytest.mark.parametrize("value", [0.0, 0.05, 0.3, 2.0])
def test_values_follow_the_distribution_of_rice(value):
    expected = stats.rice(value / 0.1, scale=0.1)
    assert stats.kstest(noisy(value), expected.cdf).pvalue > 0.01


def test_the_background_rises_to_sqrt_half_pi_sigma():
    assert abs(noisy(0).mean() - 0.1 * np.sqrt(np.pi / 2)) < 1e-3


def test_where_values_go_below_nought_the_lowest_is_no_signal():
    values = noisy(-1.0, lowest=-1.0)
    assert values.min() >= -1
    assert abs(values.mean() + 1 - 0.1 * np.sqrt(np.pi / 2)) < 1e-3


def test_huge_values_do_not_overflow():
    image = Image(torch.full((1, 4, 4), 1e30))
    changed = RicianNoise(1.0, 1.0).draw(torch.Generator().manual_seed(0), image)(image)
    torch.testing.assert_close(changed.data, image.data)


def test_the_strength_is_drawn_from_its_range():
    image = Image(torch.zeros(1, 2, 2))
    draws = [RicianNoise(0, 0.3).draw(torch.Generator().manual_seed(seed), image) for seed in range(50)]
    drawn = [draw.steps[0].numbers[0] for draw in draws]
    assert 0 <= min(drawn) < 0.05 < 0.25 < max(drawn) <= 0.3


def test_a_range_below_nought_is_refused():
    with pytest.raises(DrawError, match="wants finite 0 <= low <= high"):
        RicianNoise(-0.1, 0.1)
    assert RicianNoise(0, 0.1).describe() == "rician noise of 0..0.1"
