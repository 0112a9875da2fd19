from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.augment.mix import CutMix
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon

MIX = CutMix(1.0, classes=2)
SIZE = (8, 10)
WINDOW = (2.0, 3.0, 6.0, 8.0, 80.0)
"""Rows 2 to 5, columns 3 to 7 of 8 x 10."""


def cut(first, second, numbers=WINDOW, mix=MIX) -> Any:
    return mix.mixed(numbers, (first, second))


def inside():
    window = torch.zeros(SIZE, dtype=torch.bool)
    window[2:6, 3:8] = True
    return window


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.float32])
def test_pixels_of_the_window_are_those_of_the_second(dtype):
    one, other = (torch.randint(0, 255, (3, *SIZE)).to(dtype) for _ in range(2))
    image = cut(Image(one, spacing=(1.0, 2.0)), Image(other))
    assert image == Image(torch.where(inside(), other, one), spacing=(1.0, 2.0))
    assert cut(Heatmap(one.float()), Heatmap(other.float())).data.equal(image.data.float())


def test_the_mixture_is_read_as_the_first():
    images = [Image(torch.rand(1, *SIZE), interpolation=how) for how in ("cubic", "linear")]
    masks = [Mask(torch.ones(SIZE).long(), interpolation=how) for how in ("vote", "nearest")]
    assert [cut(*pair).interpolation for pair in (images, images[::-1])] == ["cubic", "linear"]
    assert [cut(*pair).interpolation for pair in (masks, masks[::-1])] == ["vote", "nearest"]


def test_masks_are_pasted_with_the_images():
    one, other = Mask(torch.zeros(SIZE, dtype=torch.uint8)), Mask(torch.full(SIZE, 3, dtype=torch.uint8))
    assert cut(one, other).data.equal(3 * inside().byte())


def test_labels_mix_by_the_pixels_that_are_seen():
    assert cut(Label(0), Label(1)) == SoftLabel(torch.tensor([0.75, 0.25]))


def test_points_go_with_the_pixels_they_lie_on():
    data = torch.tensor([[1.0, 1.0], [1.5, 2.5], [5.49, 7.49], [5.5, 4.0]])
    one = Keypoints(data, SIZE, labels=("a", "b", "c", "d"), pairs=((0, 3), (1, 2)))
    other = Keypoints(data, SIZE, labels=("e", "f", "g", "h"), pairs=((0, 3), (1, 2)))
    both = cut(one, other)
    assert (both.labels, both.rows, both.pairs) == (("a", "d", "f", "g"), (0, 3, 5, 6), ((0, 1), (2, 3)))
    assert both.data.equal(data[[0, 3, 1, 2]])


def test_boxes_shrink_to_what_is_seen_of_them():
    # beside the window; behind it; behind it but for its upper rows; a corner behind it; around it
    corners = [[-0.5, -0.5, 1.5, 2.5], [2, 3, 5, 7], [-0.5, 4, 5, 7], [0, 0, 4, 5], [1, 2, 7, 9]]
    one = Boxes(torch.tensor(corners), SIZE, labels=tuple("abcde"))
    none = Boxes(torch.empty(0, 4), SIZE)
    left = cut(one, none)
    assert left.labels == ("a", "c", "d", "e")
    assert left.rows == (0, 2, 3, 4)
    assert left.data.tolist() == [corners[0], [-0.5, 4, 1.5, 7], corners[3], corners[4]]
    pasted = cut(none, one)
    assert pasted.labels == ("b", "c", "d", "e")
    assert pasted.data.tolist() == [corners[1], [1.5, 4, 5, 7], [1.5, 2.5, 4, 5], [1.5, 2.5, 5.5, 7.5]]


def test_boxes_of_which_too_little_is_seen_are_dropped_and_can_be_told():
    # 1 of 10 columns shows
    box = Boxes(torch.tensor([[2.0, 2.0, 5.0, 7.0]]), SIZE)
    assert cut(box, box, mix=CutMix(1.0, min_visible=0.11)).rows == (1,)
    assert cut(box, box, mix=CutMix(1.0, min_visible=0.09)).rows == (0, 1)


@given(st.integers(0, 2**31 - 1), st.sampled_from([(9, 7), (1, 5), (4, 5, 6)]))
def test_the_window_lies_on_the_grid_and_shares_are_its_pixels(seed, size):
    black, white = (Image(torch.full((1, *size), level)) for level in (0.0, 1.0))
    samples: Any = ((black, Label(0)), (white, Label(1)))
    image, label = CutMix(1.0, classes=2)(torch.Generator().manual_seed(seed), samples)
    assert image.data.mean().item() == pytest.approx(label.data[1].item(), abs=1e-6)


def test_windows_have_the_shares_of_the_beta_distribution_unless_cut_off():
    image, generator = Image(torch.zeros(1, 100, 200)), torch.Generator().manual_seed(0)
    draws = [CutMix(1.0).draw(generator, (image, image)).numbers for _ in range(300)]
    whole = [(end - start) / 100 for start, _, end, _, _ in draws if start > 0 and end < 100]
    sides = [(right - left) / 200 for _, left, _, right, _ in draws if left > 0 and right < 200]
    assert len(whole) > 50
    assert 0 <= min(whole + sides) < 0.1
    assert max(whole + sides) > 0.8


def test_outlines_cannot_be_cut():
    outline = Polygon(torch.tensor([[0.0, 0.0], [0.0, 3.0], [3.0, 3.0]]), SIZE)
    with pytest.raises(DrawError, match="Polygon cannot be cut; draw masks of outlines first"):
        cut(outline, outline)


@pytest.mark.usefixtures("unchecked")
def test_what_it_cannot_do_is_refused_all_at_once():
    with pytest.raises(DrawError, match=r"alpha above 0; a share min_visible of 0..1; classes of 0 and up"):
        CutMix(0, min_visible=2, classes=-1)
