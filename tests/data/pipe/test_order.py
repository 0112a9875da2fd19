import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.order import Order, random_steps, whole_number
from leyden.errors import DataError


@given(st.integers(0, 30), st.integers(-5, 5), st.integers(0, 3))
def test_shuffle_gives_every_element_once(count, seed, epoch):
    view = range(count) | ly.data.shuffle(seed=seed)
    view.set_epoch(epoch)
    assert sorted(view) == list(range(count))


def test_shuffle_orders_depend_on_seed_and_epoch():
    one, same, other = (range(20) | ly.data.shuffle(seed=seed) for seed in (0, 0, 1))
    first, second = list(one), list(one)
    assert first == list(same) != second == list(same)
    assert list(other) not in (first, second)


def test_views_of_one_length_shuffle_alike():
    images = range(9) | ly.data.map(lambda x: 10 * x) | ly.data.shuffle(seed=3)
    labels = range(9) | ly.data.shuffle(seed=3)
    assert [image // 10 for image in images] == list(labels)


def test_batch_then_shuffle_mixes_batches_and_shuffle_then_batch_mixes_elements():
    data, d = range(12), ly.data
    outer = [tuple(x.tolist()) for x in data | d.batch(3) | d.shuffle(seed=0)]
    inner = [tuple(x.tolist()) for x in data | d.shuffle(seed=0) | d.batch(3)]
    whole = {(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)}
    assert set(outer) == whole
    assert outer != sorted(outer)
    assert not set(inner) & whole
    assert sorted(sum(inner, ())) == list(data)


def test_shuffling_twice_is_not_undone_or_repeated():
    twice = range(30) | ly.data.shuffle(seed=0) | ly.data.shuffle(seed=0)
    once = list(range(30) | ly.data.shuffle(seed=0))
    first = list(twice)
    assert sorted(first) == sorted(once)
    assert first != [once[i] for i in once]


def test_shuffle_says_how_to_write_a_seed():
    with pytest.raises(DataError, match=r"takes its seed by name: shuffle\(seed=5\)"):
        ly.data.shuffle(5)
    with pytest.raises(DataError, match="by name"):
        ly.data.shuffle([1, 2], 0)


@pytest.mark.parametrize("indices", [[2, -1, 0, 0], (2, 3, 0, 0), np.array([2, -1, 0, 0]), torch.tensor([2, -1, 0, 0])])
def test_subset_takes_indices_of_any_kind_in_their_order(indices):
    assert list(ly.data.subset([5, 6, 7, 8], indices)) == [7, 8, 5, 5]


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 3, -4, 9], r"no element 3, -4, 9 in list\[3\], which has 3"),
        (range(10), "no element 3, 4, 5, 6, 7 and 2 more in"),
        ([0.5], "whole numbers in a row; given"),
        ("ab", "whole numbers in a row"),
        (5, "whole numbers in a row; given 5"),
        ([True, False, True], "not a mask; .*flatnonzero"),
        (np.array([True, False, True]), "not a mask"),
        (torch.tensor([[1, 2]]), "whole numbers in a row"),
    ],
    ids=str,
)
def test_subset_names_all_indices_it_cannot_take(indices, message):
    with pytest.raises(DataError, match=message):
        ly.data.subset([1, 2, 3], indices)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.sampled_from([0, 2]), st.booleans())
def test_a_concatenation_is_the_sum_of_the_lists(sizes, workers, shuffled):
    lists = [[(part, place) for place in range(size)] for part, size in enumerate(sizes)]
    parts = [part | ly.data.map(lambda x: x) | ly.data.parallel(workers) for part in lists]
    joined = ly.data.concatenate(*parts)
    expected = [element for part in lists for element in part]
    assert list(joined) == [joined[i] for i in range(len(joined))] == expected
    if shuffled:
        assert sorted(joined | ly.data.shuffle()) == expected


def test_concatenate_refuses_nothing_and_no_container():
    with pytest.raises(DataError, match="at least one container; given none"):
        ly.data.concatenate()
    with pytest.raises(DataError, match="a int is no container"):
        ly.data.concatenate([1], 2)


def test_a_concatenation_prints_as_its_call():
    assert repr(ly.data.concatenate([1], range(2))) == "concatenate(list[1], range(0, 2))"


def test_a_concatenation_of_many_parts_is_indexed_and_streamed_in_any_order():
    parts = [[(part, place) for place in range(part % 3)] for part in range(40)]
    joined = ly.data.concatenate(*parts)
    order = [*list(range(len(joined)))[::-1], 0, 5, 5, 3]
    flat = [element for part in parts for element in part]
    assert list(joined | ly.data.subset(order)) == [flat[i] for i in order]
    assert [joined[i] for i in order] == [flat[i] for i in order]


def test_a_concatenation_streams_each_part_by_itself_and_only_those_it_needs():
    begun = []

    class Noting:
        def __init__(self, name):
            self.name = name

        def __len__(self):
            return 2

        def __getitem__(self, index):
            begun.append(self.name)
            return self.name, index

    joined = ly.data.concatenate(*(Noting(name) for name in "abc"))
    assert list(joined | ly.data.subset([5, 0, 4])) == [("c", 1), ("a", 0), ("c", 0)]
    assert begun == ["c", "a", "c"]


def test_random_steps_are_found_in_all_parts_of_a_pipe():
    shuffled = range(3) | ly.data.shuffle(seed=1)
    drawn = range(3) | ly.data.map_random(lambda g, x: x)
    both = ly.data.concatenate(shuffled, drawn) | ly.data.batch(2)
    assert random_steps(both) == ["shuffle(seed=1)", "map_random(lambda, seed=0)"]
    assert random_steps(both, Order) == ["shuffle(seed=1)"]
    assert random_steps([1, 2]) == []


@pytest.mark.parametrize("number", [3, np.int64(3), torch.tensor(3)])
def test_whole_numbers_of_any_kind_become_plain(number):
    assert type(whole_number("the size", number, at_least=3)) is int


def test_what_counts_nothing_is_refused():
    with pytest.raises(DataError, match=r"^the size is a whole number; given 2.5$"):
        whole_number("the size", 2.5, at_least=1)
    with pytest.raises(DataError, match=r"^the size is at least 1; given 0$"):
        whole_number("the size", 0, at_least=1)


@pytest.mark.parametrize("number", [True, False, np.True_, torch.tensor(1) > 0], ids=str)
def test_yes_and_no_count_nothing(number):
    with pytest.raises(DataError, match=rf"^the size is a whole number; given {re.escape(repr(number))}$"):
        whole_number("the size", number, at_least=0)


def test_parts_and_slices_are_traced_to_what_they_were_parted_from():
    names = [f"n{number}" for number in range(20)]
    train, rest = ly.data.split(names, 0.6, seed=3)
    for view in (train, rest[1:], ly.data.subset(rest, [-1, 0, 0])[::-1], *ly.data.kfolds(train, 3, seed=0)[1]):
        source, places = ly.data.traced(view)
        assert source is names
        assert [names[place] for place in places] == list(view)


def test_tracing_stops_where_elements_are_others_or_change_places():
    for view in (range(6) | ly.data.map(abs), range(6) | ly.data.shuffle(seed=0), range(6) | ly.data.batch(2)):
        source, places = ly.data.traced(view[1:])
        assert source is view
        assert list(places) == list(range(1, len(view)))
    with pytest.raises(DataError, match="no container"):
        ly.data.traced("text")
