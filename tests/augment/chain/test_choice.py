from collections import Counter

import pytest
import torch
from scipy import stats

from leyden.augment import Brightness, Flip, Identity, Maybe, OneOf, Rotate
from leyden.errors import DrawError
from leyden.items import Image

IMAGE = Image(torch.rand(1, 4, 4))


def counts(transform, rounds=1000):
    generator = torch.Generator().manual_seed(0)
    drawn = [transform.draw(generator, IMAGE).steps for _ in range(rounds)]
    return Counter(type(steps[0].transform).__name__ if steps else "nothing" for steps in drawn)


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_maybe_happens_as_often_as_it_says(p):
    assert stats.binomtest(counts(Maybe(Flip("x"), p=p))["Flip"], 1000, p).pvalue > 0.01


def test_one_of_chooses_by_weight():
    choice = OneOf(Flip("x"), Rotate(15), Identity(), Brightness(0.1), weights=(1, 2, 5, 0))
    found = counts(choice)
    assert found["Brightness"] == 0
    observed = [found[name] for name in ("Flip", "Rotate", "nothing")]
    assert stats.chisquare(observed, [125, 250, 625]).pvalue > 0.01


def test_certain_and_impossible_are_exactly_that():
    assert counts(Maybe(Flip("x"), p=1), 50) == {"Flip": 50}
    assert counts(Maybe(Flip("x"), p=0), 50) == {"nothing": 50}
    assert counts(OneOf(Flip("x"), Flip("y")), 50) == {"Flip": 50}


def test_a_coin_does_not_shift_what_is_drawn_after_it():
    angles = set()
    for p in (0, 0.5, 1):
        chain = Maybe(Rotate(30) | Flip("x"), p=p) | OneOf(Identity(), Brightness(0.5), weights=(p, 1)) | Rotate(15)
        angles.add(chain.draw(torch.Generator().manual_seed(3), IMAGE).steps[-1].numbers)
    assert len(angles) == 1


def test_the_last_choice_of_weight_0_is_never_taken():
    assert counts(OneOf(Identity(), Flip("x"), weights=(0.1, 0)), 200) == {"nothing": 200}


@pytest.mark.usefixtures("unchecked")
def test_bad_choices_are_refused():
    with pytest.raises(DrawError, match="a transform, made"):
        Maybe(Flip)  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawError, match=r"p of 0\.\.1"):
        Maybe(Flip("x"), p=1.5)
    with pytest.raises(DrawError, match="one weight a choice"):
        OneOf(Flip("x"), weights=(1, 2))
    with pytest.raises(DrawError, match="at least one choice"):
        OneOf()


@pytest.mark.usefixtures("unchecked")
def test_choices_are_given_one_by_one():
    for make in (lambda: OneOf([Flip("x"), Rotate(5)]), lambda: OneOf(Flip, Rotate(5))):
        with pytest.raises(DrawError, match="one by one, made"):
            make()
    with pytest.raises(DrawError, match="one weight a choice in a tuple"):
        OneOf(Flip("x"), Rotate(5), weights=[1, 2])
    with pytest.raises(DrawError, match=r"p of 0\.\.1"):
        Maybe(Flip("x"), "often")
