from collections import Counter
from typing import Any

import pytest
import torch
from scipy import stats
from torch.nn import functional

from leyden.augment import Border, CenterCrop, RandomCrop, Resize, Rotate, Transform
from leyden.errors import DrawError
from leyden.items import Image, Mask


def run(transform: Transform, sample: Any, seed: int = 0) -> Any:
    return transform(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(9, 12), (5, 9, 12)])
def test_a_random_crop_is_a_window_of_the_image(size):
    data = torch.rand(2, *size)
    transform = RandomCrop(4)
    draw = transform.draw(torch.Generator().manual_seed(1), Image(data))
    window = tuple(slice(int(corner), int(corner) + 4) for corner in draw.steps[0].numbers)
    assert draw(Image(data)) == Image(data[(slice(None), *window)].contiguous())


def test_every_corner_is_equally_likely():
    generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, 6, 4))
    corners = Counter(RandomCrop(4, 3).draw(generator, image).steps[0].numbers for _ in range(900))
    assert sorted(corners) == [(y, x) for y in range(3) for x in range(2)]
    assert stats.chisquare(list(corners.values())).pvalue > 0.01


def test_the_middle_is_the_middle():
    data = torch.rand(1, 7, 8)
    assert run(CenterCrop(3, 4), Image(data)) == Image(data[:, 2:5, 2:6].contiguous())


def test_a_crop_that_is_too_large_says_both_sizes_and_what_to_do():
    with pytest.raises(
        DrawError, match=r'224 x 224 does not fit into 200 x 300; put Resize first, or give outside="fill"'
    ):
        RandomCrop(224).draw(torch.Generator(), Image(torch.zeros(1, 200, 300)))
    with pytest.raises(DrawError, match="10 x 10 does not fit into 8 x 20"):
        CenterCrop(10, 10).draw(torch.Generator(), Image(torch.zeros(1, 8, 20)))


def test_filling_shows_the_border_mode_and_background():
    sample = (Image(torch.ones(1, 2, 2)), Mask(torch.ones(2, 2, dtype=torch.uint8)))
    image, mask = run(CenterCrop(4, outside="fill") | Border("zeros"), sample)
    frame = functional.pad(torch.ones(1, 2, 2), (1, 1, 1, 1))
    assert image == Image(frame)
    assert mask == Mask(frame[0].to(torch.uint8))
    image, mask = run(CenterCrop(4, outside="fill"), sample)
    assert image == Image(torch.ones(1, 4, 4))
    assert mask == Mask(frame[0].to(torch.uint8))


def test_a_filling_random_crop_keeps_the_whole_image():
    generator, image = torch.Generator().manual_seed(0), Image(torch.ones(1, 3, 8))
    seen = set()
    for _ in range(60):
        filled = (RandomCrop(5, outside="fill") | Border("zeros"))(generator, image)
        assert filled.data.sum() == 15
        seen.add(int(filled.data[0].any(1).nonzero()[0]))
    assert seen == {0, 1, 2}


def test_resize_lets_a_large_crop_fit():
    assert run(Resize(300) | Rotate(10) | RandomCrop(224), Image(torch.rand(1, 20, 30))).size == (224, 224)


def test_sizes_must_fit_the_axes():
    with pytest.raises(DrawError, match="4 x 4 x 4 asked of a grid of 8 x 8"):
        run(RandomCrop(4, 4, 4), Image(torch.rand(1, 8, 8)))
    for wrong in (lambda: RandomCrop(), lambda: RandomCrop(0), lambda: CenterCrop(1, 2, 3, 4)):
        with pytest.raises(DrawError, match="one size, or one an axis"):
            wrong()


@pytest.mark.usefixtures("unchecked")
def test_outside_must_be_known():
    with pytest.raises(DrawError, match="outside one of"):
        RandomCrop(3, outside="guess")  # pyright: ignore[reportArgumentType]


def test_crops_print_as_they_are_made():
    assert repr(RandomCrop(4, 5, outside="fill")) == "RandomCrop(4, 5, outside='fill')"
