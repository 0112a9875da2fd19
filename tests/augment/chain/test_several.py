from collections import Counter
from math import comb

import pytest
import torch
from scipy import stats

from leyden.augment import Brightness, Flip, Identity, RandomCrop, Rotate, Zoom
from leyden.augment.chain.several import SomeOf, decide_apart
from leyden.augment.fusing.scene import Scene
from leyden.errors import DrawError
from leyden.items import Image

IMAGE = Image(torch.rand(1, 6, 6))
FOUR = (Flip("x"), Flip("y"), Rotate(15), Brightness(0.1))


def drawn(transform, rounds):
    generator = torch.Generator().manual_seed(0)
    for _ in range(rounds):
        yield tuple(repr(step.transform) for step in transform.draw(generator, IMAGE).steps)


@pytest.mark.usefixtures("unchecked")
def test_every_set_of_that_many_is_as_likely_and_keeps_its_order():
    found = Counter(drawn(SomeOf(*FOUR, count=2), 600))
    assert len(found) == comb(4, 2)
    assert stats.chisquare(list(found.values())).pvalue > 0.01
    order = [repr(choice) for choice in FOUR]
    assert all(order.index(one) < order.index(other) for one, other in found)


@pytest.mark.usefixtures("unchecked")
def test_shuffled_sets_come_in_every_order():
    found = Counter(drawn(SomeOf(*FOUR[:3], count=3, order="shuffled"), 600))
    assert len(found) == 6
    assert stats.chisquare(list(found.values())).pvalue > 0.01


@pytest.mark.usefixtures("unchecked")
def test_every_count_between_is_as_likely():
    found = Counter(map(len, drawn(SomeOf(*FOUR, count=(1, 3)), 450)))
    assert set(found) == {1, 2, 3}
    assert stats.chisquare(list(found.values())).pvalue > 0.01


def test_none_and_all_are_exactly_that():
    assert set(map(len, drawn(SomeOf(*FOUR, count=0), 20))) == {0}
    assert set(drawn(SomeOf(*FOUR, count=4), 20)) == {tuple(map(repr, FOUR))}


def test_what_is_chosen_does_not_shift_what_is_drawn_after_it():
    angles = set()
    for count in (0, 1, 3):
        chain = SomeOf(Zoom(0.5, 2), Rotate(5), Identity(), Brightness(0.5), count=count) | Rotate(15)
        angles.add(chain.draw(torch.Generator().manual_seed(3), IMAGE).steps[-1].numbers)
    assert len(angles) == 1


def test_a_choice_that_is_not_taken_need_not_fit():
    draw = SomeOf(RandomCrop(99), count=0).draw(torch.Generator(), IMAGE)
    assert draw.steps == ()


def test_several_fuse_with_their_neighbours():
    chain = Rotate(5) | SomeOf(Zoom(0.9, 1.1), Rotate(15), count=2) | RandomCrop(4)
    draw = chain.draw(torch.Generator().manual_seed(0), IMAGE)
    assert draw.resamples == 1
    assert draw(IMAGE).size == (4, 4)
    assert chain.plan().count("\n") == 0


def test_parts_say_how_often_each_happens():
    parts = SomeOf(*FOUR, count=(1, 3)).parts()
    assert [chance for chance, _ in parts] == [0.5] * 4


def test_choices_apart_come_with_repetition_and_cost_one_number():
    generator, other = (torch.Generator().manual_seed(0) for _ in range(2))
    steps, _ = decide_apart(generator, Scene.of(IMAGE), choices=(Flip("x"),), count=3)
    assert [step.transform for step in steps] == [Flip("x")] * 3
    decide_apart(other, Scene.of(IMAGE), choices=(Zoom(1, 2), Rotate(4)), count=1)
    assert torch.equal(generator.get_state(), other.get_state())


@pytest.mark.usefixtures("unchecked")
def test_bad_choices_are_refused_all_at_once():
    with pytest.raises(DrawError, match=r"at least one choice; a count from 0 to the number of choices"):
        SomeOf(count=1)
    with pytest.raises(DrawError, match=r"made \(not their classes\); an order of \('given', 'shuffled'\)"):
        SomeOf(Flip, count=1, order="any")  # pyright: ignore[reportArgumentType]
    with pytest.raises(DrawError, match="fewest first"):
        SomeOf(*FOUR, count=(3, 2))


def test_it_prints_as_what_makes_it():
    made = SomeOf(Flip("x"), Rotate(15), count=(0, 2), order="shuffled")
    assert repr(made) == "SomeOf(Flip('x'), Rotate(15), count=(0, 2), order='shuffled')"


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("count", [1.5, [1, 2], (1, 2, 2), "1", (0, 1.5)])
def test_a_count_is_whole(count):
    with pytest.raises(DrawError, match="a count from 0"):
        SomeOf(Flip("x"), Flip("y"), count=count)
