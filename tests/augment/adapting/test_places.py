import pytest
import torch

from leyden.augment.adapting.places import gather, refit, scatter, stayed
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask
from leyden.items.boxes import Boxes
from leyden.items.polygon import Polygon

ITEMS = [
    Image(torch.rand(1, 9, 11)),
    Keypoints(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), (9, 11), labels=("left", "right"), pairs=((0, 1),)),
    Boxes(torch.tensor([[0.5, 1.5, 2.5, 4.5]]), (9, 11), labels=("cat",)),
    Polygon(torch.tensor([[1.0, 1.0], [1.0, 3.0], [2.0, 2.0]]), (9, 11)),
    Label(2),
]


def test_places_unmoved_give_the_items_back():
    places = gather(ITEMS, (9, 11))
    assert places.shape == (2 + 4 + 3 + 3, 2)
    assert scatter(ITEMS, places, (9, 11)) == ITEMS


def test_a_shift_moves_all_of_them():
    moved = scatter(ITEMS, gather(ITEMS, (9, 11)) + torch.tensor([1.0, -2.0]), (20, 20))
    assert moved[1].data.tolist() == [[2, 0], [4, 2]]
    assert moved[2].data.tolist() == [[1.5, -0.5, 3.5, 2.5]]
    assert moved[3].data.tolist() == [[2, -1], [2, 1], [3, 0]]
    assert moved[1].size == moved[2].size == moved[3].size == (20, 20)
    assert moved[1].data.dtype == torch.float32


def test_a_mirror_swaps_pairs_and_turns_corners_round():
    mirrored = gather(ITEMS, (9, 11))
    mirrored[:, 1] = 10 - mirrored[:, 1]
    points, boxes = scatter(ITEMS, mirrored, (9, 11))[1:3]
    assert points.data.tolist() == [[3, 6], [1, 8]]
    assert boxes.data.tolist() == [[0.5, 5.5, 2.5, 8.5]]


def test_a_half_turn_swaps_nothing():
    assert scatter(ITEMS, torch.tensor([8.0, 10.0]) - gather(ITEMS, (9, 11)), (9, 11))[1].data[0].tolist() == [7, 8]


def test_places_that_were_dropped_are_missed_only_if_somebody_has_some():
    with pytest.raises(DrawError, match=r"12 places went in and 11 came back; leave out what drops"):
        scatter(ITEMS, gather(ITEMS, (9, 11))[1:], (9, 11))
    assert scatter(ITEMS[:1], gather(ITEMS[:1], (9, 11))[1:], (9, 11)) == ITEMS[:1]


def test_places_stay_but_for_rounding():
    places = gather(ITEMS, (9, 11))
    assert stayed(places, places.float().double())
    assert not stayed(places, places + 0.01)
    assert not stayed(places, places[1:])


def test_what_moved_has_lost_its_place_in_the_world():
    image = Image(torch.rand(1, 4, 4), spacing=(0.5, 0.5))
    assert refit(image, image.data, still=True) == image
    assert refit(image, image.data, still=False) == Image(image.data)
    mask = Mask(torch.ones(4, 4, dtype=torch.int64))
    assert refit(mask, mask.data, still=True) == mask


@pytest.mark.parametrize("still", [True, False])
def test_what_is_refitted_is_read_as_before(still):
    image = Image(torch.rand(1, 4, 4), interpolation="cubic")
    mask = Mask(torch.ones(4, 4, dtype=torch.int64), interpolation="vote")
    assert refit(image, image.data, still=still) == image
    assert refit(mask, mask.data, still=still) == mask
