import pytest
import torch
from torch.nn import functional

from leyden.augment.spatial import Resize
from leyden.errors import DrawError
from leyden.items import Image, Keypoints


def run(transform, sample):
    return transform(torch.Generator().manual_seed(0), sample)


@pytest.mark.parametrize(("size", "new"), [((6, 7), (15, 21)), ((4, 5, 6), (9, 11, 6))])
def test_enlarging_is_that_of_torch(size, new):
    data = torch.rand(2, *size, dtype=torch.float64)
    expected = functional.interpolate(data[None], new, mode="bilinear" if len(new) == 2 else "trilinear")[0]
    torch.testing.assert_close(run(Resize(*new), Image(data)).data, expected)


def test_shrinking_to_a_part_averages_blocks():
    data = torch.rand(2, 12, 18, dtype=torch.float64)
    torch.testing.assert_close(run(Resize(4, 6), Image(data)).data, functional.avg_pool2d(data, 3))


def test_points_follow_a_resize_from_edge_to_edge():
    points = Keypoints(torch.tensor([[-0.5, -0.5], [7.5, 3.5], [3.5, 1.5]]), (8, 4))
    assert run(Resize(4, 8), points).data.tolist() == [[-0.5, -0.5], [3.5, 7.5], [1.5, 3.5]]


@pytest.mark.parametrize(
    ("transform", "size", "new"),
    [
        (Resize(256, fit="shorter"), (375, 500), (256, 341)),
        (Resize(256, fit="shorter"), (500, 375), (341, 256)),
        (Resize(256, fit="longer"), (375, 500), (192, 256)),
        (Resize(5, fit="shorter"), (10, 25), (5, 13)),
        (Resize(10, fit="longer"), (1, 40), (1, 10)),
        (Resize(8, fit="longer"), (16, 32, 24), (4, 8, 6)),
        (Resize(8, fit="shorter"), (16, 32, 24), (8, 16, 12)),
    ],
)
def test_one_side_gets_the_number_and_the_others_keep_the_ratio(transform, size, new):
    assert run(transform, Image(torch.rand(1, *size))).size == new


def test_the_outer_edges_stay_even_where_the_ratio_was_rounded():
    points = Keypoints(torch.tensor([[-0.5, -0.5], [9.5, 24.5]]), (10, 25))
    assert run(Resize(5, fit="shorter"), points).data.tolist() == [[-0.5, -0.5], [4.5, 12.5]]


@pytest.mark.usefixtures("unchecked")
def test_sizes_and_fits_that_make_no_sense_are_refused():
    wrong = [
        (lambda: Resize(0), "one size, or one an axis, of at least one pixel"),
        (lambda: Resize(2.5), "of at least one pixel"),  # pyright: ignore[reportArgumentType]
        (lambda: Resize(4, 5, fit="shorter"), 'one number for fit="shorter"'),
        (lambda: Resize(4, fit="both"), "fit one of"),  # pyright: ignore[reportArgumentType]
    ]
    for make, message in wrong:
        with pytest.raises(DrawError, match=message):
            make()


def test_resizing_prints_as_it_was_made():
    assert repr(Resize(4)) == "Resize(4)"
    assert repr(Resize(4, fit="longer")) == "Resize(4, fit='longer')"
