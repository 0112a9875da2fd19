import pytest

import leyden as ly
from leyden.data.algebra.choice import choose
from leyden.errors import DataError

one, two = ly.data.map(abs), ly.data.map(str)


def test_choose_is_the_sign_with_a_seed():
    assert choose(one, two, one) == one * two * one
    assert choose(one, two, seed=1) != one * two
    rows = [list(range(64) | choose(one, two, seed=seed)) for seed in (0, 1, 1)]
    assert rows[0] == list(range(64) | one * two)
    assert rows[0] != rows[1] == rows[2]


def test_choices_of_other_seeds_are_not_flattened():
    inner = choose(one, two, seed=1)
    assert repr(inner * one) == "choose(map(abs), map(str), seed=1) * map(abs)"
    assert choose(inner, one, seed=1) == choose(one, two, one, seed=1)


def test_choose_refuses_what_is_no_choice():
    with pytest.raises(DataError, match="at least two steps; given 1, of which 0"):
        choose(one)
    with pytest.raises(DataError, match="given 2, of which 1 are no steps"):
        choose(one, abs)
