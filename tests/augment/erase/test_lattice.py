import pytest
import torch
from scipy import ndimage

from leyden.augment import Draw
from leyden.augment.erase.lattice import GridMask
from leyden.errors import DrawError
from leyden.items import Image


def draw_for(transform, sample, seed=0):
    return transform.draw(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(100, 120), (30, 40, 50)])
def test_boxes_lie_at_even_distances_and_take_their_part(size):
    image = Image(torch.ones(2, *size))
    for seed in range(5):
        hole = draw_for(GridMask(5, 5, part=0.5), image, seed)(image).data == 0
        assert torch.equal(hole[0], hole[1])
        share = hole.float().mean().item()
        assert share == pytest.approx(0.5 ** len(size), rel=0.35)
        for axis in range(len(size)):
            line = hole[0].flatten(0).view(size).movedim(axis, 0).flatten(1).any(1).float()
            period = size[axis] // 5
            torch.testing.assert_close(line[period:], line[:-period])
            assert line.sum().item() == pytest.approx(size[axis] / 2, abs=6)
    assert ndimage.label(hole[0].numpy())[1] >= 4 ** len(size)


def test_draws_replay_and_keep_what_came_in():
    image = Image(torch.rand(1, 30, 30))
    before = image.data.clone()
    draw = draw_for(GridMask(2, 6, fill="noise"), image)
    assert Draw.from_json(draw.to_json())(image) == draw(image)
    assert torch.equal(image.data, before)
    pixel = Image(torch.rand(1, 1, 1))
    assert draw_for(GridMask(3, 3), pixel)(pixel).size == (1, 1)


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="1 <= low <= high boxes; a part of 0 < part < 1"):
        GridMask(0, 1, part=1)
    assert GridMask(3, 6).plan() == "1.) mask a lattice of 3..6 boxes"
