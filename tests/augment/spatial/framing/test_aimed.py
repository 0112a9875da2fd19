from collections import Counter

import pytest
import torch
from scipy import stats

from leyden.augment import Draw, OneOf
from leyden.augment.spatial import CenterCrop, Flip, LabelCrop, RandomCrop, Rotate, Translate, Zoom
from leyden.errors import DrawError
from leyden.items import Image, Mask


def mask_with(places: dict[int, list[tuple[int, ...]]], size: tuple[int, ...], dtype=torch.uint8) -> Mask:
    data = torch.zeros(size, dtype=dtype)
    for label, spots in places.items():
        for spot in spots:
            data[spot] = label
    return Mask(data)


SPOTS = mask_with({1: [(10, 12)], 2: [(3, 25), (4, 25)], 7: [(0, 0)]}, (20, 30))


def drawn(transform, mask, times=200):
    generator = torch.Generator().manual_seed(0)
    return [transform.draw(generator, mask) for _ in range(times)]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int64])
def test_the_label_lies_in_the_middle_of_the_window_or_as_near_as_the_edge_allows(dtype):
    mask = mask_with({1: [(10, 12)], 7: [(0, 29)]}, (20, 30), dtype)
    assert LabelCrop(5, labels=(1,))(torch.Generator(), mask).data[2, 2] == 1
    assert LabelCrop(5, labels=(7,))(torch.Generator(), mask).data[0, 4] == 7


@pytest.mark.parametrize(
    ("options", "shares"),
    [
        ({}, {1: 1, 2: 1, 7: 1}),
        ({"labels": (1, 2)}, {1: 1, 2: 1}),
        ({"labels": (0, 1), "weights": (1, 3)}, {0: 1, 1: 3}),
        ({"labels": (1, 2, 7), "weights": (1, 0, 1)}, {1: 1, 7: 1}),
        ({"labels": (1, 99, 2), "weights": (1, 5, 1)}, {1: 1, 2: 1}),
    ],
)
def test_labels_are_chosen_by_their_weights_among_those_that_are_there(options, shares):
    seen = Counter(int(draw.steps[0].numbers[2]) for draw in drawn(LabelCrop(5, **options), SPOTS, 240))
    assert set(seen) == set(shares)
    expected = [240 * share / sum(shares.values()) for share in shares.values()]
    assert stats.chisquare([seen[label] for label in shares], expected).pvalue > 0.01


def test_each_place_of_a_label_is_as_likely():
    corners = Counter(draw.steps[0].numbers[:2] for draw in drawn(LabelCrop(5, labels=(2,)), SPOTS, 240))
    assert set(corners) == {(1, 23), (2, 23)}
    assert stats.chisquare(list(corners.values())).pvalue > 0.01


def test_the_window_follows_the_label_through_the_steps_before_it():
    chain = Flip("x") | Rotate((90, 90)) | Zoom(2, 2) | Translate(0.1) | LabelCrop(5, labels=(1,))
    ball = torch.zeros(30, 30, dtype=torch.uint8)
    ball[14:17, 17:20] = 1
    for draw in drawn(chain, Mask(ball), 30):
        assert draw(Mask(ball)).data[2, 2] == 1


def test_labels_out_of_sight_are_not_aimed_at():
    chain = CenterCrop(14, 14) | LabelCrop(5)
    assert {draw.steps[1].numbers[2:] for draw in drawn(chain, SPOTS, 40)} == {(1.0,)}
    rare = torch.ones(60, 60, dtype=torch.int64)
    rare[:20, :20] = 2  # a few of very many places are in sight: all are looked at in the end
    seen = (CenterCrop(22) | LabelCrop(3, labels=(2,))).draw(torch.Generator().manual_seed(1), Mask(rare))
    assert seen.steps[1].numbers == (0, 0, 2)


def test_without_any_of_the_labels_it_is_a_random_crop_and_the_draw_says_so():
    draws = drawn(LabelCrop(19, 29, labels=(50,)), SPOTS)
    corners = Counter(draw.steps[0].numbers for draw in draws)
    assert set(corners) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert stats.chisquare(list(corners.values())).pvalue > 0.01
    assert repr(draws[0]).startswith("Draw(20 x 30 -> 19 x 29: LabelCrop(19, 29, labels=(50,)) at ")
    assert LabelCrop(3)(torch.Generator(), Mask(torch.zeros(4, 4, dtype=torch.uint8))).size == (3, 3)


def test_a_window_larger_than_the_grid_is_refused_or_filled():
    with pytest.raises(DrawError, match="a crop of 25 x 25 does not fit into 20 x 30"):
        LabelCrop(25).draw(torch.Generator(), SPOTS)
    for draw in drawn(LabelCrop(25, outside="fill"), SPOTS, 20):
        window = draw(SPOTS).data
        assert window.shape == (25, 25)
        assert draw.steps[0].numbers[2] in window.unique().tolist()


def test_volumes_are_cropped_alike_and_pixels_are_copied():
    mask = mask_with({3: [(4, 5, 6)]}, (9, 10, 11))
    sample = Image(torch.rand(2, 9, 10, 11)), mask
    draw = LabelCrop(3, 5, 5).draw(torch.Generator(), sample)
    image, cropped = draw(sample)
    assert draw.resamples == 0
    assert cropped.data[1, 2, 2] == 3
    assert image == Image(sample[0].data[:, 3:6, 3:8, 4:9].contiguous())
    assert Draw.from_json(draw.to_json()) == draw


def test_a_choice_between_aimed_and_plain_windows_oversamples_as_told():
    chain = OneOf(LabelCrop(5, labels=(1,)), RandomCrop(5), weights=(1, 2))
    kinds = Counter(type(draw.steps[0].transform).__name__ for draw in drawn(chain, SPOTS, 240))
    assert stats.chisquare([kinds["LabelCrop"], kinds["RandomCrop"]], [80, 160]).pvalue > 0.01


def test_what_it_cannot_work_with_is_refused():
    with pytest.raises(DrawError, match=r"LabelCrop\(5\) needs a mask in the sample"):
        LabelCrop(5).draw(torch.Generator(), Image(torch.rand(1, 8, 8)))
    with pytest.raises(DrawError, match="each label once; one weight a label"):
        LabelCrop(5, labels=(1, 1), weights=(1,))
    for weights in ((0, 0), (-1, 2), (float("inf"), 1), (float("nan"), 1)):
        with pytest.raises(DrawError, match="one weight a label, 0 and up, not all 0"):
            LabelCrop(5, labels=(1, 2), weights=weights)
