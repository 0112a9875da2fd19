import numpy as np
import pytest
import torch

from leyden.data.pipe.broken import Broken
from leyden.items import Image, Keypoints, Mask
from leyden.widget.data.element import Look
from leyden.widget.data.thumb import grid_of_thumbs, message, thumb_of


@pytest.mark.parametrize(
    "element",
    [
        torch.rand(3, 300, 200), Image(torch.rand(1, 9, 9, 9)), Mask(torch.ones(9, 9, 9).int()), torch.rand(4, 5),
        Keypoints(torch.zeros(1, 2), (9, 9)), torch.rand(8, 3, 16, 16), torch.rand(90),
        (torch.rand(3, 9, 9), Mask(torch.ones(9, 9).int())), {"wave": torch.rand(900), "rate": 100},
        np.zeros((30, 20, 3), np.uint8), torch.zeros(0),
    ],
)  # fmt: skip
def test_whatever_holds_numbers_has_a_small_picture(element):
    thumb = thumb_of(3, element, Look())
    assert thumb.pixels.dtype == np.uint8
    assert max(thumb.pixels.shape[:2]) <= 128
    assert (thumb.index, thumb.words, thumb.broken) == (3, "", False)


def test_words_stand_where_there_is_no_picture():
    assert thumb_of(0, ("a fine day " * 20, 1), Look(classes=("bad", "good"))).words.endswith("…")
    thumb = thumb_of(0, {"age": 3, "label": "cat"}, Look())
    assert (thumb.words, thumb.caption, thumb.pixels) == ("age 3, label cat", "cat", None)
    broken = thumb_of(9, Broken(9, "cut short"), Look())
    assert (broken.words, broken.caption, broken.broken) == ("cut short", "broken", True)


def test_the_overlay_can_be_left_away():
    mask = torch.zeros(20, 20, dtype=torch.int64)
    mask[5:9] = 1
    element = (torch.full((3, 20, 20), 0.5), Mask(mask))
    shown, hidden = (thumb_of(0, element, Look(overlay=overlay)).pixels for overlay in (True, False))
    assert not np.array_equal(shown, hidden)
    assert len(np.unique(hidden)) == 1


def test_a_batch_shows_its_first_four():
    thumb = thumb_of(2, None, Look(), batch=[(torch.rand(3, 9, 9), 1)] * 9)
    assert thumb.caption == "batch of 9"
    assert thumb.pixels.shape[0] > 128
    assert thumb_of(2, None, Look(), batch=["word"] * 3).words == "word"


def test_a_page_is_one_picture_whatever_is_on_it():
    thumbs = [
        thumb_of(index, each, Look()) for index, each in enumerate([torch.rand(3, 9, 9), "word", Broken(2, "cut")])
    ]
    assert grid_of_thumbs(thumbs).ndim == 3


def test_a_thumbnail_becomes_a_message_with_words_for_all():
    item = message(thumb_of(4, (torch.rand(3, 9, 9), 1), Look(classes=("cat", "dog"))))
    assert item["source"].startswith("data:image/png;base64,")
    assert (item["index"], item["caption"], item["title"], item["broken"]) == (4, "4 dog", "element 4 dog", False)
    broken = message(thumb_of(5, Broken(5, "cut short"), Look()))
    assert (broken["source"], broken["title"], broken["broken"]) == (None, "element 5 broken: cut short", True)
