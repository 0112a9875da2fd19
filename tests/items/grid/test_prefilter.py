import pytest
import torch
from torch.nn import functional

from leyden.items.grid import prefilter


def test_a_turned_grid_covers_one_pixel_and_a_shrunk_one_more():
    turned = ((0.6, -0.8, 3.0), (0.8, 0.6, 0.0), (0.0, 0.0, 1.0))
    assert prefilter.footprint(turned) == pytest.approx((1.0, 1.0))


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


def test_a_width_between_counts_the_parts_of_pixels_that_it_covers():
    # 1.5 pixels: the pixel itself and a quarter of each neighbour; the edge pixel counts again outside
    averaged = prefilter.smooth(torch.tensor([[[0.0, 6.0, 0.0, 0.0]]]), (1.0, 1.5))
    torch.testing.assert_close(averaged, torch.tensor([[[1.0, 4.0, 1.0, 0.0]]]))


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
