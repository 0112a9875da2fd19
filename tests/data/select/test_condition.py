import pickle
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.element import guard
from leyden.data.select.condition import filter
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


def odd(x):
    return x % 2


@given(st.lists(st.integers(-5, 5)), st.integers(1, 4), st.sampled_from([0, 2]))
def test_filter_keeps_what_a_loop_would_keep(elements, divisor, workers):
    expected = [x for x in elements if x % divisor == 0]
    view = elements | ly.data.parallel(workers) | filter(lambda x: x % divisor == 0)
    assert list(view) == [view[i] for i in range(len(view))] == expected


def test_nothing_is_read_before_the_length_and_every_element_once_for_it():
    data = Counting(6)
    view = filter(data, odd) | ly.data.map(abs)
    assert (repr(view), data.read) == ("Counting[6] | filter(odd) | map(abs)", [])
    assert (len(view), len(view), data.read) == (3, 3, [0, 1, 2, 3, 4, 5])
    assert (view[1], data.read[6:]) == (3, [3])
    assert (list(view), data.read[7:]) == ([1, 3, 5], [1, 3, 5])


def test_with_a_cache_beneath_nothing_is_read_twice():
    data = Counting(6)
    view = data | ly.data.cache() | filter(odd)
    assert list(view) + list(view) == [1, 3, 5, 1, 3, 5]
    assert data.read == [0, 1, 2, 3, 4, 5]


def test_threads_that_ask_at_once_judge_once():
    data = Counting(50)
    view = filter(data, odd)
    threads = [threading.Thread(target=len, args=(view,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert data.read == list(range(50))


def test_each_view_of_a_filter_judges_its_own_container():
    step = filter(odd)
    assert [list(step(range(4))), list(step(range(7)))] == [[1, 3], [1, 3, 5]]


def test_what_was_judged_travels_with_the_view():
    view = filter(Counting(6), odd)
    assert len(view) == 3
    copy = pickle.loads(pickle.dumps(view))
    copy.source.sources[0].read.clear()
    assert (list(copy), copy.source.sources[0].read) == ([1, 3, 5], [1, 3, 5])


def test_a_filter_that_leaves_nothing_is_an_empty_container():
    view = filter([1, 2], lambda x: False)
    assert (len(view), list(view), list(view | ly.data.batch(2))) == (0, [], [])
    with pytest.raises(IndexError, match="of 0"):
        view[0]


def test_what_guard_found_broken_is_reported_by_the_loop_and_not_dropped():
    view = [4, 0, 2, 1] | ly.data.map(lambda x: 4 // x) | guard() | filter(lambda x: x > 1)
    assert len(view) == 3
    with pytest.warns(UserWarning, match="1 broken element"):
        assert list(view) == [2, 4]
    assert [fault.index for fault in view.faults] == [1]


def test_an_element_that_cannot_be_judged_is_named_and_asked_again_next_time():
    data = [1, "x"]
    view = filter(data, lambda x: x > 0)
    for _ in range(2):
        with pytest.raises(DataError, match=r"filter\(data, function\): element 1 of list\[2\]: TypeError"):
            len(view)
    data[1] = -1
    assert list(view) == [1]


def test_filter_refuses_random_steps_beneath_and_what_cannot_be_called():
    with pytest.raises(DataError, match=r"after shuffle\(seed=0\): .* change with every epoch; put it before"):
        range(3) | ly.data.shuffle() | filter(odd)
    with pytest.raises(DataError, match="the function must be callable; given 3"):
        filter([1], 3)
    with pytest.raises(TypeError, match=r"write filter\(data, function\)"):
        filter()
