import numpy as np
import pytest
import torch
from torch.nn import functional

from leyden.items.grid import prefilter


def test_a_turned_grid_covers_one_pixel_and_a_shrunk_one_more():
    assert prefilter.footprint(((0.6, -0.8), (0.8, 0.6))) == pytest.approx((1.0, 1.0))
    assert prefilter.footprint(((1.2, -1.6), (0.4, 0.3))) == pytest.approx((2.0, 0.5))


def test_enlarging_leaves_the_image_alone():
    data = torch.rand(1, 5, 6)
    assert prefilter.smooth(data, (0.5, 1.04)) is data


@pytest.mark.parametrize("size", [(8, 12), (4, 8, 12)])
def test_whole_widths_average_blocks(size):
    data = torch.rand(2, *size)
    pool = functional.avg_pool2d if len(size) == 2 else functional.avg_pool3d
    torch.testing.assert_close(prefilter.smooth(data, (2.0,) * len(size)), pool(data, 2))


def test_axes_are_averaged_each_by_its_own_width():
    data = torch.rand(1, 8, 12)
    torch.testing.assert_close(prefilter.smooth(data, (1.0, 3.0)), functional.avg_pool2d(data, (1, 3)))


def test_a_width_between_spreads_a_pixel_as_far_as_a_box_of_that_width():
    # 1.8 pixels: a box spreads by (1.8 ** 2 - 1.2 ** 2) / 12 = 0.15 more than what interpolation is trusted with
    averaged = prefilter.smooth(torch.tensor([[[0.0, 6.0, 0.0, 0.0]]]), (1.0, 1.8))
    torch.testing.assert_close(averaged, torch.tensor([[[0.45, 5.1, 0.45, 0.0]]]))


def test_shrinking_by_little_is_left_to_the_interpolation():
    data = torch.rand(1, 5, 7)
    assert prefilter.smooth(data, (1.2, 1.1)) is data


@pytest.mark.parametrize("width", [1.3, 1.99, 2.7, 5.2, 100.0])
@pytest.mark.parametrize("size", [(1, 1), (7, 13), (5, 6, 7)])
def test_a_flat_image_stays_flat(width, size):
    averaged = prefilter.smooth(torch.full((1, *size), 0.25), (width,) * len(size))
    torch.testing.assert_close(averaged, torch.full_like(averaged, 0.25))


def test_the_image_given_is_not_changed():
    data = torch.rand(1, 9, 9)
    before = data.clone()
    prefilter.smooth(data, (1.4, 2.6))
    assert torch.equal(data, before)


@pytest.mark.parametrize(("fine", "width"), [(7, 2.0), (7, 3.3), (11, 2.9), (5, 4.0)])
def test_pixels_that_a_coarser_one_cuts_through_count_in_part(fine, width):
    data = torch.rand(1, fine, 1, dtype=torch.float64)
    plan = prefilter.blur((fine, 1), (width, 1.0))
    coarse = plan.coarse[0]
    # a picture made of `coarse` times as many pixels can be cut evenly
    parts = data[0, :, 0].repeat_interleave(coarse).view(coarse, fine).mean(1)
    before, after = [0, *range(coarse - 1)], [*range(1, coarse), coarse - 1]
    parts = (1 - 2 * plan.sides[0]) * parts + plan.sides[0] * (parts[before] + parts[after])
    torch.testing.assert_close(prefilter.smooth(data, (width, 1.0))[0, :, 0], parts)


@pytest.mark.parametrize("width", [1.2, 1.9, 2.0, 2.7, 3.4, 9.0])
@pytest.mark.parametrize("fine", [1, 2, 7, 12])
def test_one_table_of_weights_does_both_steps(fine, width):
    data = torch.rand(1, fine, 2, dtype=torch.float64)
    plan = prefilter.blur((fine, 2), (width, 1.0))
    first, weights = prefilter.bands(fine, plan.coarse[0], side=plan.sides[0])
    taken = data[0].numpy()[first[:, None] + np.arange(weights.shape[1])]
    np.testing.assert_allclose((taken * weights[..., None]).sum(1), prefilter.smooth(data, (width, 1.0))[0], atol=1e-12)
    np.testing.assert_allclose(weights.sum(1), 1)


def test_what_is_mirrored_at_an_edge_is_kept_behind_it():
    # places down to -30 mirror up to 29; three pixels more are read around each
    assert prefilter.span(-30.0, 5.0, count=200, width=1.0) == (0, 33)
    assert prefilter.span(195.0, 230.0, count=200, width=1.0) == (166, 200)
    assert prefilter.span(-900.0, 5.0, count=200, width=1.0) == (0, 200)
    assert prefilter.span(-float("inf"), float("inf"), count=200, width=1.0) == (0, 200)


def test_a_part_that_is_averaged_starts_and_ends_with_whole_blocks():
    first, last = prefilter.span(50.0, 61.0, count=200, width=3.5)
    assert first % 3 == last % 3 == 0
    assert first <= 41
    assert last >= 71


def test_who_reads_two_neighbours_keeps_a_coarse_pixel_more():
    assert prefilter.span(47.2, 60.0, count=200, width=1.0, neighbours=2) == (43, 65)
    first, last = prefilter.span(80.0, 90.0, count=200, width=4.0, neighbours=2)
    assert first <= 80 - 12
    assert last >= 90 + 12
