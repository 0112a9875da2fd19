import pytest
import torch

from leyden.augment import Draw
from leyden.augment.noise.impulse import SaltPepper
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("size", [(200, 150), (30, 40, 25)])
def test_half_of_the_lost_pixels_are_black_and_half_white_in_all_channels(size):
    data = torch.full((3, *size), 0.5)
    result = run(SaltPepper(0.1, 0.1, black=-1, white=2), data)
    assert torch.equal(result, result[:1].expand_as(result))
    assert (result == -1).float().mean().item() == pytest.approx(0.05, abs=0.005)
    assert (result == 2).float().mean().item() == pytest.approx(0.05, abs=0.005)
    assert ((result == 0.5) | (result == 2) | (result == -1)).all()


def test_none_and_all_pixels_may_be_lost():
    data = torch.full((1, 20, 20), 0.5)
    assert torch.equal(run(SaltPepper(0, 0), data), data)
    assert set(run(SaltPepper(1, 1), data).unique().tolist()) == {0.0, 1.0}


def test_draws_replay_and_what_came_in_stays():
    data = torch.rand(2, 40, 40).half()
    before, image = data.clone(), Image(data)
    draw = SaltPepper(0.1, 0.5).draw(torch.Generator().manual_seed(0), image)
    assert Draw.from_json(draw.to_json())(image) == draw(image)
    assert draw(image).data.dtype == torch.float16
    assert torch.equal(data, before)


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="fractions 0 <= low <= high <= 1"):
        SaltPepper(0.1, 10)
    assert SaltPepper(0.01, 0.05).plan() == "1.) salt and pepper on 1..5 %"
