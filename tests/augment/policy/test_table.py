import pytest

from leyden.augment import Brightness, OneOf, Rotate
from leyden.augment.colour import Posterize, Solarize
from leyden.augment.policy.table import choices_at, choices_up_to


def test_strengths_are_a_share_of_the_strongest():
    choices = choices_at(0.5, "narrow", "picture")
    assert OneOf(Rotate((15.0, 15.0)), Rotate((-15.0, -15.0))) in choices
    assert {Posterize(6, 6), Solarize(0.5, 0.5)} < set(choices)


def test_no_strength_is_no_toss_of_a_coin():
    assert not any(isinstance(choice, OneOf) for choice in choices_at(0.0, "narrow", "volume"))


def test_up_to_the_strongest_goes_both_ways():
    assert {Rotate((-135, 135)), Brightness((-0.5, 0.5)), Posterize(2, 8)} < set(choices_up_to("wide", "picture"))


@pytest.mark.parametrize("scenery", ["picture", "volume"])
def test_the_list_has_its_length(scenery):
    assert len(choices_at(0.3, "narrow", scenery)) == len(choices_up_to("wide", scenery)) == 13
