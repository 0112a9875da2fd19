import numpy as np
import pytest
import torch
from scipy import ndimage

from leyden.augment import CenterCrop, Draw
from leyden.augment.erase.box import CoarseDropout, RandomErasing
from leyden.errors import DrawError
from leyden.items import Image, Mask


def draw_for(transform, sample, seed=0):
    return transform.draw(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(60, 80), (20, 30, 25)])
def test_one_box_of_the_drawn_area_and_ratio_is_erased(size):
    image = Image(torch.ones(2, *size))
    corners = set()
    for seed in range(15):
        result = draw_for(RandomErasing((0.1, 0.2), (0.5, 2.0)), image, seed)(image).data
        assert torch.equal(result[0], result[1])
        box = ndimage.find_objects((result[0] == 0).numpy().astype(int))[0]
        assert not result[0][box].any()
        lengths = [part.stop - part.start for part in box]
        assert (result[0] == 0).sum() == np.prod(lengths)
        assert 0.08 < np.prod(lengths) / np.prod(size) < 0.23
        assert all(0.4 < one / other < 2.5 for one in lengths[:2] for other in lengths[:2]) or len(size) == 3
        corners.add(tuple(part.start for part in box))
    assert len(corners) > 10


def test_boxes_that_would_not_fit_are_cut_and_all_may_be_erased():
    image = Image(torch.ones(1, 5, 50))
    result = draw_for(RandomErasing((0.5, 0.5), (1.0, 1.0)), image)(image).data[0]
    assert (result == 0).any(0).sum() == round(250**0.5 / 2**0.5)
    assert (result == 0).any(1).all()
    pixel = Image(torch.ones(1, 1, 1))
    assert not draw_for(RandomErasing(), pixel)(pixel).data.any()
    assert not draw_for(RandomErasing((1, 1), (1, 1)), Image(torch.ones(1, 8, 8)))(
        Image(torch.ones(1, 8, 8))
    ).data.any()


def test_several_boxes_are_dropped():
    image = Image(torch.ones(1, 200, 200))
    counts = set()
    for seed in range(10):
        draw = draw_for(CoarseDropout(2, 4, length=(0.05, 0.05)), image, seed)
        counts.add(draw.steps[0].numbers[0])
        assert 100 <= (draw(image).data == 0).sum() <= 400
    assert counts == {2.0, 3.0, 4.0}
    volume = Image(torch.ones(2, 10, 20, 30))
    hole = draw_for(CoarseDropout(1, 1, length=(0.5, 0.5), fill=3), volume)(volume).data == 3
    assert hole.sum() == 2 * 5 * 10 * 15


@pytest.mark.parametrize("transform", [RandomErasing(fill="noise"), CoarseDropout(3, 6, fill="noise")])
def test_draws_replay_leave_masks_alone_and_fit_the_grid_they_end_on(transform):
    sample = (Image(torch.rand(3, 40, 50)), Mask(torch.ones(40, 50, dtype=torch.uint8)))
    before = sample[0].data.clone()
    draw = draw_for(transform | CenterCrop(20), sample)
    image, mask = draw(sample)
    assert image.size == (20, 20)
    assert mask.data.all()
    assert Draw.from_json(draw.to_json())(sample) == (image, mask)
    assert torch.equal(sample[0].data, before)
    assert draw((Image(sample[0].data.half()), sample[1]))[0].data.dtype == torch.float16


def test_bad_numbers_are_refused_and_words_are_given(unchecked):
    with pytest.raises(DrawError, match=r"an area of .*; a ratio of .*; to fill with a number, 'mean' or 'noise'"):
        RandomErasing((0, 2), (0, 1), fill="median")
    with pytest.raises(DrawError, match="whole 1 <= low <= high boxes; a length of"):
        CoarseDropout(0, 1, length=(0, 1))
    assert (RandomErasing() | CoarseDropout(2, 4)).plan() == "1.) erase a box of 2..40 %\n2.) drop 2..4 boxes"
