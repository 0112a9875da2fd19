import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.element import guard
from leyden.data.select.matching import Unmatched, join
from leyden.errors import DataError

keys = st.lists(st.integers(0, 5), max_size=12)


class Counting:
    """A container that notes what is read."""

    def __init__(self, count):
        self.count, self.read = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.read.append(index)
        return index


def same(x):
    return x


@given(keys, keys, st.sampled_from([0, 2]))
def test_a_join_is_what_two_nested_loops_give(left, right, workers):
    lefts, rights = list(enumerate(left)), list(enumerate(right))
    pairs = lefts | ly.data.parallel(workers) | join(rights, on=1)
    expected = [(x, y) for x in lefts for y in rights if x[1] == y[1]]
    assert list(pairs) == [pairs[i] for i in range(len(pairs))] == expected
    assert pairs.unmatched == Unmatched(
        tuple(i for i, key in lefts if key not in right), tuple(i for i, key in rights if key not in left)
    )


def test_each_side_may_have_its_own_way_to_a_key():
    people = [{"name": "Ada", "id": 7}, {"name": "Bo", "id": 9}]
    assert list(join([9, 7, 8], people, on=(same, "id"))) == [(9, people[1]), (7, people[0])]
    assert list(join(["x", "y", "z"], people, on=([9, 0, 7], "id"))) == [("x", people[1]), ("z", people[0])]


def test_keys_are_read_once_and_given_ones_never():
    left, right = Counting(4), Counting(3)
    pairs = join(left, right, on=(same, [3, 1, 5]))
    assert (left.read, right.read) == ([], [])
    assert (len(pairs), pairs.unmatched, len(pairs)) == (2, Unmatched((0, 2), (2,)), 2)
    assert (left.read, right.read) == ([0, 1, 2, 3], [])
    assert (pairs[1], left.read[4:], right.read) == ((3, 0), [3], [0])


def test_a_join_draws_anew_for_each_epoch_where_keys_are_given():
    drawn = [0, 0] | ly.data.map_random(lambda g, x: g.initial_seed())
    pairs = join(drawn, ["a", "b"], on=([1, 2], [2, 1]))
    assert [list(pairs), list(pairs)] == [[(x, "b"), (y, "a")] for x, y in (list(drawn), list(drawn))]


def test_a_join_prints_as_its_expression_and_travels():
    pairs = range(3) | join(range(2), on=same)
    assert repr(pairs) == "range(0, 3) | join(range(0, 2), on=same)"
    assert repr(join([1], [2], on=(same, "x"))) == "list[1] | join(list[1], on=(same, 'x'))"
    assert list(pickle.loads(pickle.dumps(pairs))) == [(0, 0), (1, 1)]


def test_a_pair_with_a_broken_side_is_broken():
    left = [1, 0] | ly.data.map(lambda x: 1 / x) | guard()
    pairs = join(left, ["a", "b"], on=([0, 1], [0, 1]))
    with pytest.warns(UserWarning, match="1 broken"):
        assert list(pairs) == [(1.0, "a")]
    with pytest.raises(DataError, match="ZeroDivisionError"):
        pairs[1]


def test_an_element_in_place_of_a_broken_one_is_not_paired_with_the_partner_of_the_broken_one():
    left = [1, 0, 2] | ly.data.map(lambda x: 2 / x) | guard(instead="next")
    pairs = join(left, ["a", "b", "c"], on=([0, 1, 2], [0, 1, 2]))
    with pytest.warns(UserWarning, match="1 broken"):
        assert list(pairs) == [(2.0, "a"), (1.0, "c")]
    assert [fault.index for fault in pairs.faults] == [1]


def test_join_refuses_at_the_door_and_names_the_side_when_read():
    with pytest.raises(DataError, match="a int is no container"):
        join([1], 2, on=same)
    with pytest.raises(DataError, match=r"join\(left, right, on=...\) after shuffle"):
        join([1], [1] | ly.data.shuffle(), on=same)
    with pytest.raises(DataError, match=r"list\[1\] has 1; given 2"):
        join([1, 2], [1], on=([1, 2], [1, 2]))
    with pytest.raises(DataError, match="takes a function, the name of a field"):
        join([1], [1], on=None)
    with pytest.raises(DataError, match=r"element 0 of list\[3\]: KeyError: 'x'"):
        len(join([{"x": 1}], [{}, {}, {}], on="x"))


def test_numbers_and_words_as_keys_are_refused_and_not_taken_for_strangers():
    with pytest.raises(DataError, match=r"such as 7 \(int\) and '7' \(str\); make them alike"):
        len(join([{"id": 7}], [{"id": "7"}], on="id"))
    assert list(join([7, 8], [7.0, True], on=lambda key: key)) == [(7, 7.0)]
    assert list(join([7, "a"], ["a", None], on=lambda key: key)) == [("a", "a")]
    assert list(join([7], [], on=lambda key: key)) == list(join([], ["a"], on=lambda key: key)) == []
