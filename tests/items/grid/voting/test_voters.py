import numpy as np
import pytest
import torch

from leyden.items.grid.prefilter import blur, smooth
from leyden.items.grid.voting.voters import ballot, ballots


def spread(each, fine):
    """What every old pixel weighs for each averaged one but the last, and for each but the first."""
    tables = np.zeros((2, len(each.first), fine))
    for table, part in zip(tables, (each.near, each.next), strict=True):
        np.put_along_axis(table, each.first[:, None] + np.arange(part.shape[1]), part.astype(float), 1)
    return tables


@pytest.mark.parametrize("fine", [1, 2, 6, 7, 9, 40])
@pytest.mark.parametrize("width", [1.0, 1.15, 1.5, 2.0, 2.3, 3.9, 8.0, 50.0])
def test_old_pixels_weigh_what_averaging_gives_them(fine, width):
    (each,) = ballots((fine,), (width,))
    plan = blur((fine, 3), (width, 1.0))
    averaged = smooth(torch.eye(fine, dtype=torch.float64).unsqueeze(2).expand(-1, -1, 3), (width, 1.0))[..., 0].T
    pairs = max(1, plan.coarse[0] - 1)
    near, following = spread(each, fine)
    assert each.count == plan.coarse[0]
    np.testing.assert_allclose(near, averaged[:pairs], atol=1e-6)
    np.testing.assert_allclose(following, averaged[-pairs:], atol=1e-6)


def test_where_nothing_shrinks_two_neighbours_count():
    each = ballot(5, 5)
    assert (each.first.tolist(), each.near.tolist(), each.next.tolist()) == ([0, 1, 2, 3], [[1, 0]] * 4, [[0, 1]] * 4)


def test_an_axis_of_one_pixel_has_one_voter():
    each = ballot(1, 1)
    assert (each.first.tolist(), each.near.tolist(), each.next.tolist()) == ([0], [[1.0]], [[1.0]])
