from collections import Counter

import pytest
import torch
from scipy import stats

from leyden.augment import Draw, Flip, Resize
from leyden.augment.policy import RandAugment, TrivialAugment
from leyden.errors import DrawError
from leyden.items import Image, Mask

PICTURE = Image(torch.rand(3, 20, 24))
POLICIES = [(RandAugment(3, magnitude=20), (3, 20, 24)), (TrivialAugment(), (3, 20, 24))]
POLICIES += [(RandAugment(3, scenery="volume"), (2, 6, 8, 10)), (TrivialAugment("volume"), (1, 6, 8, 10))]


@pytest.mark.parametrize(("policy", "shape"), POLICIES)
def test_policies_fuse_into_one_resample_and_replay(policy, shape):
    sample = Image(torch.rand(shape)), Mask(torch.ones(shape[1:], dtype=torch.uint8))
    generator = torch.Generator().manual_seed(1)
    for _ in range(25):
        draw = (Flip("x") | policy | Resize(16)).draw(generator, sample)
        image, mask = draw(sample)
        assert draw.resamples == 1
        assert image.size == mask.size == (16,) * (len(shape) - 1)
        assert image.data.isfinite().all()
        assert Draw.from_json(draw.to_json())(sample) == (image, mask)


def test_one_of_the_list_is_as_likely_as_any_other():
    generator = torch.Generator().manual_seed(0)
    policy = TrivialAugment()
    names = [repr(step.transform) for _ in range(1300) for step in policy.draw(generator, PICTURE).steps]
    found = Counter(names)
    assert len(found) == len(policy.choices) - 1  # doing nothing leaves no step
    assert stats.chisquare([*found.values(), 1300 - len(names)]).pvalue > 0.01


@pytest.mark.parametrize("count", [0, 1, 4])
def test_as_many_happen_as_asked(count):
    generator = torch.Generator().manual_seed(0)
    policy = RandAugment(count)
    lengths = [len(policy.draw(generator, PICTURE).steps) for _ in range(300)]
    happened = stats.binomtest(sum(lengths), 300 * count, 12 / 13) if count else None
    assert max(lengths) <= count
    assert happened is None or happened.pvalue > 0.01


def test_strengths_all_have_the_magnitude():
    generator = torch.Generator().manual_seed(0)
    drawn = [step for _ in range(200) for step in RandAugment(1, magnitude=30).draw(generator, PICTURE).steps]
    angles = {step.numbers for step in drawn if type(step.transform).__name__ == "Rotate"}
    assert angles == {(30.0,), (-30.0,)}


def test_magnitude_0_leaves_places_alone():
    draw = RandAugment(5, magnitude=0, scenery="volume").draw(torch.Generator(), Image(torch.rand(1, 4, 4, 4)))
    assert draw.resamples == 0


def test_a_plan_lists_what_may_happen():
    assert "1.92 % rotate -135..135 deg" not in RandAugment().plan()
    assert "7.69 % rotate -135..135 deg" in TrivialAugment().plan()


@pytest.mark.usefixtures("unchecked")
def test_what_cannot_be_is_refused():
    with pytest.raises(DrawError, match=r"a count of 0 and up; a magnitude of 0\.\.30; a scenery of"):
        RandAugment(-1, magnitude=31, scenery="film")  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawError, match="a scenery of"):
        TrivialAugment("film")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("policy", [RandAugment(4), TrivialAugment()])
@pytest.mark.parametrize("channels", [1, 2, 4])
def test_a_picture_in_gray_takes_all_but_the_saturation(policy, channels):
    picture, generator = Image(torch.rand(channels, 20, 24)), torch.Generator().manual_seed(0)
    draws = [policy.draw(generator, picture) for _ in range(60)]
    assert all(draw(picture).size == (20, 24) for draw in draws)
    found = {type(step.transform).__name__ for draw in draws for step in draw.steps}
    assert "Saturation" not in found
    assert {"Rotate", "Posterize", "Solarize", "Brightness"} <= found
