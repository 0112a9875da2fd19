from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.augment.mix import Mosaic
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.polygon import Polygon

SIZE = (6, 8)
# the point between rows 1 and 2, columns 4 and 5; what each tile begins with
NUMBERS = (2.0, 5.0, 1.0, 2.0, 0.0, 0.0, 3.0, 1.0, 2.0, 2.0)


def put(items, numbers=NUMBERS, mix=None) -> Any:
    return (mix or Mosaic(*SIZE, classes=4)).mixed(numbers, tuple(items))


def outlines_of(ring):
    return Polygon(ring, (9, 9))


def by_hand(parts):
    top = torch.cat((parts[0][..., 1:3, 2:7], parts[1][..., 0:2, 0:3]), -1)
    bottom = torch.cat((parts[2][..., 3:7, 1:6], parts[3][..., 2:6, 2:5]), -1)
    return torch.cat((top, bottom), -2)


def test_windows_of_four_samples_lie_around_the_point():
    parts = [torch.randint(0, 255, (3, 9, 9), dtype=torch.uint8) for _ in range(4)]
    assert put(map(Image, parts)) == Image(by_hand(parts))
    assert put(Mask(part[0]) for part in parts) == Mask(by_hand(parts)[0])
    assert put(Heatmap(part.float(), pairs=((0, 1),)) for part in parts) == Heatmap(
        by_hand(parts).float(), pairs=((0, 1),)
    )


def test_the_mixture_is_read_as_the_first():
    sharp, plain = (Image(torch.rand(1, 9, 9), interpolation=how) for how in ("cubic", "linear"))
    voting, picked = (Mask(torch.ones(9, 9).long(), interpolation=how) for how in ("vote", "nearest"))
    assert [put([one, *[other] * 3]).interpolation for one, other in ((sharp, plain), (plain, sharp))] == [
        "cubic",
        "linear",
    ]
    assert [put([one, *[other] * 3]).interpolation for one, other in ((voting, picked), (picked, voting))] == [
        "vote",
        "nearest",
    ]


def test_labels_mix_by_the_areas_of_the_tiles():
    shares = put(Label(index) for index in range(4)).data
    assert shares.tolist() == pytest.approx([10 / 48, 6 / 48, 20 / 48, 12 / 48])


def test_points_follow_their_tiles_and_the_rest_is_dropped():
    # on the pixel that each tile begins with, and one off its tile
    begins = [(1.0, 2.0), (0.0, 0.0), (3.0, 1.0), (2.0, 2.0)]
    points = [
        Keypoints(torch.tensor([place, (8.0, 8.0)]), (9, 9), labels=(f"{index}", "off"))
        for index, place in enumerate(begins)
    ]
    joined = put(points)
    assert joined.data.tolist() == [[0, 0], [0, 5], [2, 0], [2, 5]]
    assert (joined.labels, joined.rows, joined.size) == (("0", "1", "2", "3"), (0, 2, 4, 6), SIZE)


def test_boxes_and_outlines_are_cut_at_the_edges_of_their_tiles():
    corners = torch.tensor([[2.5, 3.5, 7.5, 8.5]])
    ring = torch.tensor([[2.5, 3.5], [2.5, 8.5], [7.5, 8.5], [7.5, 3.5]])
    boxes = put([Boxes(corners, (9, 9), labels=(index,)) for index in range(4)])
    outlines = put([Polygon(ring, (9, 9), labels=(index,)) for index in range(4)])
    # the first two tiles end with row 2 and 1 of their samples
    assert boxes == Boxes(torch.tensor([[1.5, 2.5, 5.5, 4.5], [2.5, 6.5, 5.5, 7.5]]), SIZE, (2, 3), (2, 3))
    assert outlines.boxes() == boxes
    # 3 of 25 pixels are left of the last
    assert put([outlines_of(ring)] * 4, mix=Mosaic(*SIZE, min_visible=0.13)).rows == (2,)


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1), st.sampled_from([((8, 9), (20, 24)), ((10, 12), (5, 40)), ((6, 6, 6), (9, 4, 8))]))
def test_masks_boxes_and_points_stay_on_the_pictures_they_belong_to(seed, sizes):
    target, size = sizes
    samples = []
    for number in range(2 ** len(size)):
        data = torch.zeros(size)
        data[tuple(slice(count // 4, count - count // 4) for count in size)] = number + 1
        mask = Mask(data.to(torch.uint8))
        place = torch.tensor([[float(count // 2) for count in size]])
        points = Keypoints(place, size, labels=(str(number + 1),))
        samples.append((Image(data[None]), mask, Boxes.of_mask(mask), points))
    image, mask, boxes, points = Mosaic(*target, min_visible=0.0)(torch.Generator().manual_seed(seed), samples)
    assert torch.equal(image.data[0].to(torch.uint8), mask.data)
    assert boxes.data.equal(Boxes.of_mask(mask).data)
    assert boxes.labels == Boxes.of_mask(mask).labels
    for place, label in zip(points.data.long().tolist(), points.labels, strict=True):
        assert mask.data[tuple(place)] == int(label)


@given(st.integers(0, 2**31 - 1))
def test_a_sample_smaller_than_its_tile_lies_at_the_point(seed):
    ones = [Image(torch.ones(1, 2, 2)) for _ in range(4)]
    draw = Mosaic(16, 16).draw(torch.Generator().manual_seed(seed), ones)
    y, x = (int(number) for number in draw.numbers[:2])
    expected = torch.zeros(1, 16, 16)
    expected[:, y - 2 : y + 2, x - 2 : x + 2] = 1
    assert draw(ones) == Image(expected)
    assert 4 <= y <= 12
    assert 4 <= x <= 12


def test_the_border_fills_up_what_a_small_sample_leaves():
    ones = [Image(torch.ones(1, 2, 2)) for _ in range(4)]
    filled = Mosaic(16, 16, border="border")(torch.Generator().manual_seed(0), ones)
    assert filled == Image(torch.ones(1, 16, 16))


def test_spacing_stays_where_all_have_the_same():
    same = [Image(torch.zeros(1, 4, 4), (1.0, 2.0)) for _ in range(4)]
    assert Mosaic(4, 4)(torch.Generator(), same).spacing == (1.0, 2.0)
    assert Mosaic(4, 4)(torch.Generator(), [*same[:3], Image(torch.zeros(1, 4, 4))]).spacing is None


def test_eight_volumes_are_wanted_and_one_number_an_axis():
    image = Image(torch.zeros(1, 4, 4))
    with pytest.raises(DrawError, match=r"Mosaic\(4, 4, 4\) has 3 axes, the samples 2"):
        Mosaic(4, 4, 4).draw(torch.Generator(), (image,) * 8)
    with pytest.raises(DrawError, match="wants 4 samples of as many axes, got 4 x 4 and 4 x 4;"):
        Mosaic(4, 4).draw(torch.Generator(), (image,) * 2)


@pytest.mark.usefixtures("unchecked")
def test_what_it_cannot_do_is_refused_all_at_once():
    with pytest.raises(DrawError, match=r"two pixels or more each; border one of .*; a share min_visible"):
        Mosaic(1, 4, border="black", min_visible=-1)  # pyright: ignore[reportArgumentType]


def test_it_prints_as_what_makes_it():
    mosaic = Mosaic(4, 6, border="border", classes=3)
    assert repr(mosaic) == "Mosaic(4, 6, border='border', classes=3)"
    assert eval(repr(mosaic)) == mosaic
