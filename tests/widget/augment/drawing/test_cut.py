import pytest
import torch

from leyden.augment import Brightness, Contrast, Draw, Flip, Gamma, GaussianNoise, RandomCrop, Rotate, Translate, Zoom
from leyden.items import Image, Mask, items_of
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.polygon import Polygon
from leyden.widget.augment.drawing.cut import channels_apart, cut_of, only, place_on, real_values, shown_items
from leyden.widget.augment.drawing.facing import facings


def drawn(move, items, seed=0):
    return move.draw(torch.Generator().manual_seed(seed), items)


def test_a_slice_of_a_draw_is_the_slice_of_the_whole_draw():
    generator = torch.Generator().manual_seed(3)
    volume = torch.rand(2, 70, 66, 64, generator=generator)  # too large to be computed whole and cut
    items = shown_items([Image(volume), Mask((volume[0] * 4).to(torch.uint8))])
    draw = drawn(Rotate(15) | Rotate(8, axis="x") | Zoom(0.8, 1.2) | Brightness(0.2), items)
    whole = draw(items)
    for facing in facings(None):
        seen = cut_of(items, draw, facing=facing, place=30)
        assert torch.allclose(seen.image, whole[0].data.select(facing.axis + 1, 30), atol=1e-5)
        assert torch.equal(seen.masks[0], whole[1].data.select(facing.axis, 30))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_on_the_screen_places_go_where_pixels_go(scan, axis):
    facing = facings(scan[0].affine)[axis]
    place = (7, 3, 2)[axis]
    seen = cut_of(shown_items(items_of(scan)), Draw((10, 12, 14), ()), facing=facing, place=place)
    ((spot, name),) = seen.points
    y, x = (int(value) for value in spot[0])
    assert (float(seen.image[0, y, x]), int(seen.masks[0][y, x]), name) == (1000.0, 2, "spot")
    assert seen.aspect == (1.0, 2.0, 2.0)[axis]


def test_points_of_other_slices_are_not_seen(scan):
    seen = cut_of(shown_items(items_of(scan)), Draw((10, 12, 14), ()), facing=facings(None)[0], place=6)
    assert seen.points == ()


def test_a_slice_of_a_crop_is_the_one_that_lies_as_far_along(scan):
    items = shown_items(items_of(scan))
    draw = drawn(RandomCrop(5, 12, 14), items)
    seen = cut_of(items, draw, facing=facings(None)[0], place=9)
    assert torch.equal(seen.image, draw(items)[0].data[:, 4])
    assert [place_on(place, 4, 8) for place in range(4)] == [1, 3, 5, 7]


def test_whatever_lies_over_a_picture_is_cut_with_it(sample):
    ring = torch.tensor([[2.0, 2.0], [2.0, 9.0], [9.0, 2.0]])
    over = [Polygon(ring, (24, 32), labels=("leaf",)), Heatmap(torch.rand(2, 24, 32))]
    items = shown_items([*items_of(sample), *over])
    seen = cut_of(items, drawn(Flip("x"), items), facing=None)
    assert [name for _, name in (*seen.points, *seen.boxes, *seen.rings)] == ["left", "right", "cup", "rim", "leaf"]
    assert seen.points[0][0].tolist() == [[8.0, 21.0]]
    assert seen.rings[0][0][1].tolist() == [2.0, 22.0]
    assert len(seen.heats) == len(seen.masks) == 1


def test_a_box_is_seen_in_every_slice_that_it_reaches(scan):
    box = Boxes(torch.tensor([[2.0, 3.0, 4.0, 6.0, 8.0, 9.0]]), (10, 12, 14))
    items = shown_items([scan[0], box])
    counts = [len(cut_of(items, Draw((10, 12, 14), ()), facing=facings(None)[0], place=z).boxes) for z in range(10)]
    assert counts == [0, 0, 1, 1, 1, 1, 1, 0, 0, 0]


def test_of_a_very_large_picture_a_smaller_one_is_computed():
    items = shown_items([Image(torch.rand(1, 40, 3000))])
    seen = cut_of(items, drawn(Translate(0.1), items), facing=None)
    assert seen.image.shape == (1, 14, 1024)


def test_bytes_stand_for_shares():
    assert real_values(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [0.0, 1.0]
    assert real_values(torch.tensor([7.0], dtype=torch.float64)).tolist() == [7.0]


@pytest.mark.parametrize("size", [(12, 14, 16), (70, 66, 64)], ids=["computed whole", "computed in part"])
def test_one_channel_computed_by_itself_is_that_channel_of_all(size):
    data = torch.rand(3, *size, generator=torch.Generator().manual_seed(4))
    items = shown_items([Image(data), Mask((data[0] * 4).to(torch.uint8))])
    draw = drawn(Flip("x") | Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.1) | Contrast(0.3), items)
    assert channels_apart(draw)
    facing = facings(None)[1]
    whole, one = (cut_of(some, draw, facing=facing, place=5) for some in (items, only(items, 2)))
    assert torch.allclose(one.image[0], whole.image[2], atol=1e-6)
    assert torch.equal(one.masks[0], whole.masks[0])


@pytest.mark.parametrize("move", [Gamma(0.7, 1.5), GaussianNoise(0.1, 0.2)], ids=repr)
def test_channels_are_not_taken_apart_where_a_step_may_look_at_all_of_them(move):
    image = Image(torch.rand(2, 8, 8))
    assert not channels_apart(drawn(move, image))


def test_without_a_channel_all_items_stay_as_they_are():
    items = (Image(torch.rand(2, 8, 8)), Mask(torch.zeros(8, 8).byte()))
    assert only(items, None) is items
    assert only(items, 1)[0].data.shape == (1, 8, 8)
