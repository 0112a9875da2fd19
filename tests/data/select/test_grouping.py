import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.select.grouping import chosen, group
from leyden.errors import DataError


class Counting:
    """A container that notes what is read."""

    def __init__(self, count):
        self.count, self.read = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.read.append(index)
        return index


def third(x):
    return x % 3


def draw(generator, x):
    return x, generator.initial_seed()


@given(st.lists(st.sampled_from("abcd"), max_size=30))
def test_groups_hold_every_element_once_with_those_of_its_key(labels):
    groups = group(range(len(labels)), labels)
    assert groups.keys == tuple(dict.fromkeys(labels))
    assert [list(part) for part in groups] == [[i for i, x in enumerate(labels) if x == key] for key in groups.keys]


def test_labels_read_nothing_and_a_function_every_element_once():
    data = Counting(7)
    known, asked = group(data, [0, 1] * 3 + [2]), group(data, third)
    assert (len(known), known.keys, len(known[1]), data.read) == (3, (0, 1, 2), 3, [])
    assert (len(asked), asked.keys, len(asked), data.read) == (3, (0, 1, 2), 3, [*range(7)])
    assert (list(asked[0]), data.read[7:]) == ([0, 3, 6], [0, 3, 6])


def test_groups_print_as_what_made_them_and_each_as_a_subset():
    groups = range(4) | group([0, 1, 0, 1])
    assert repr(groups) == "range(0, 4) | group((0, 1, 0, 1))"
    assert repr(groups[1]) == "range(0, 4) | subset((1, 3))"
    assert repr(group([1], third)) == "list[1] | group(third)"


def test_a_group_draws_as_the_pipe_does_in_the_epoch_it_was_taken_out_in_and_then_in_the_next():
    pipe = range(4) | ly.data.map_random(draw)
    groups = group(pipe, [0, 1, 0, 1])
    first, second = list(pipe), list(pipe)
    assert [list(part) for part in groups] == [first[::2], first[1::2]]
    later = groups[0]
    assert (groups.epoch, list(later)) == (1, second[::2])
    assert list(later) not in (first[::2], second[::2])


def test_a_group_inside_a_concatenation_draws_as_of_its_part():
    groups = group(range(2) | ly.data.map_random(draw), [0, 1])
    parts = [list(part) for part in ly.data.concatenate(groups, groups)]
    assert len({element for part in parts for element in part}) == 4
    assert parts == [list(part) for part in ly.data.concatenate(groups, groups)[:]]


def test_a_chosen_view_takes_ranges_and_arrays():
    moment = ly.data.Moment(2)
    assert list(chosen(["a", "b", "c"], range(1, 3), moment)) == ["b", "c"]
    assert chosen([1], [0], moment).epoch == 2


def test_groups_are_a_container_for_further_steps():
    sums = range(6) | group(third) | ly.data.map(sum) | ly.data.batch(2) | ly.data.parallel(2)
    assert [batch.tolist() for batch in sums] == [[3, 5], [7]]
    assert [list(part) for part in pickle.loads(pickle.dumps(group(range(3), third)))] == [[0], [1], [2]]


def test_group_refuses_at_the_door_what_says_no_groups():
    with pytest.raises(DataError, match=r"group\(data, by\) takes one label an element: range\(0, 4\) has 4; given 3"):
        group(range(4), [0, 1, 0])
    with pytest.raises(DataError, match=r"after shuffle\(seed=0\)"):
        range(4) | ly.data.shuffle() | group([0, 1, 0, 1])
    with pytest.raises(TypeError, match=r"write group\(data, by\)"):
        group()
