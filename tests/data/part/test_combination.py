import pickle
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.part.combination import leave_out
from leyden.errors import DataError


@given(st.integers(2, 8), st.integers(1, 4))
def test_every_choice_is_left_out_once_in_lexicographic_order(count, p):
    assume(p < count)
    pairs = leave_out(range(count), p)
    held = [tuple(validation) for _, validation in pairs]
    assert held == list(combinations(range(count), p))
    assert len(pairs) == len(held)
    for index, (train, validation) in enumerate(pairs):
        assert sorted([*train, *validation]) == list(range(count))
        assert list(train) == sorted(train)
        assert list(pairs[index][1]) == list(validation)


@given(st.lists(st.sampled_from("abcd"), min_size=2, max_size=12), st.integers(1, 3))
def test_groups_are_left_out_whole(labels, p):
    names = list(dict.fromkeys(labels))
    assume(p < len(names))
    pairs = leave_out(range(len(labels)), p, groups=labels)
    out = [tuple(sorted({labels[i] for i in validation}, key=names.index)) for _, validation in pairs]
    assert out == list(combinations(names, p))
    for train, validation in pairs:
        assert not {labels[i] for i in train} & {labels[i] for i in validation}
        assert sorted([*train, *validation]) == list(range(len(labels)))


def test_millions_of_millions_of_pairs_cost_nothing_until_one_is_asked_for():
    pairs = leave_out(range(1000), 6)
    assert len(pairs) == 1_368_173_298_991_500
    assert list(pairs[-1][1]) == [994, 995, 996, 997, 998, 999]
    assert list(pairs[0][1]) == [0, 1, 2, 3, 4, 5]


def test_pairs_draw_as_of_the_epoch_they_are_taken_out_in_and_travel():
    pipe = range(3) | ly.data.map_random(lambda g, x: (x, g.initial_seed()))
    first, second = list(pipe), list(pipe)
    pairs = leave_out(pipe)
    assert [list(validation) for _, validation in pairs] == [[x] for x in first]
    assert [list(train) for train, _ in pairs] == [[y for y in second if y != x] for x in second]
    copy = pickle.loads(pickle.dumps(leave_out(range(3), groups=[0, 1, 0])))
    assert [list(train) for train, _ in copy] == [[1], [0, 2]]
    assert repr(copy) == "leave_out(range(0, 3), 1, groups=2 groups)"


@pytest.mark.parametrize(
    ("count", "p", "message"),
    [
        (3, 0, "p is at least 1; given 0"),
        (3, 3, "p lies between 1 and one less than the elements, 3; given 3"),
        (1000, 500, r"more than 9e\+18 ways to leave 500 of 1000 elements out"),
    ],
)
def test_a_p_that_cannot_be_left_out_is_refused(count, p, message):
    with pytest.raises(DataError, match=message):
        leave_out(range(count), p)


def test_too_few_groups_and_wandering_elements_are_refused():
    with pytest.raises(DataError, match="one less than the groups, 1; given 1"):
        leave_out(range(3), groups=[0, 0, 0])
    with pytest.raises(DataError, match="leave_out after shuffle"):
        leave_out(range(3) | ly.data.shuffle())
