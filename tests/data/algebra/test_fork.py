import pickle
from collections import Counter, namedtuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.data.algebra.fork import side_by_side
from leyden.data.pipe.element import guard
from leyden.errors import DataError

Pair = namedtuple("Pair", "image label")


class Counting:
    """A container that counts how often each element is read."""

    def __init__(self, count):
        self.count, self.read = count, Counter()

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.read[index] += 1
        return index


def negate(x):
    return -x


def square(x):
    return x * x


def draw(generator, x):
    return (x, int(generator.initial_seed()))


d = ly.data


def test_branches_stand_side_by_side():
    assert list([1, 2] | d.map(negate) + d.map(square) + d.map(str)) == [(-1, 1, "1"), (-2, 4, "2")]


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        ([1, 2], (1, 2)),
        ([(1, 2), 3, ()], (1, 2, 3)),
        ([Pair(1, 2), [3, 4]], (1, 2, [3, 4])),
        ([{"a": 1}, {"b": 2, "c": 3}], {"a": 1, "b": 2, "c": 3}),
        ([None, "ab"], (None, "ab")),
    ],
)
def test_fields_are_put_in_one_row(values, joined):
    assert side_by_side(values) == joined


def test_dicts_beside_others_and_names_given_twice_are_refused():
    with pytest.raises(DataError, match="either dicts or no dicts; these give dict, int, tuple"):
        side_by_side([{"a": 1}, 2, (3,)])
    with pytest.raises(DataError, match="give 'b', 'a' more than once; rename"):
        side_by_side([{"b": 1, "a": 0}, {"c": 1, "b": 2}, {"a": 3}])


@pytest.mark.parametrize("workers", [None, 0, 2])
@pytest.mark.parametrize("sign", ["+", "*"])
def test_the_shared_element_is_read_once_per_reading(sign, workers):
    data = Counting(20)
    step = d.map(negate) + (d.map(square) | d.map(negate)) if sign == "+" else d.map(negate) * d.map(square)
    pipe = data | d.map(square) | step
    if workers is not None:
        pipe = pipe | d.parallel(workers)
    list(pipe)
    assert set(data.read.values()) == {1}
    _ = pipe[3]
    assert data.read[3] == 2


def test_branches_inside_branches_share_what_they_share():
    data = Counting(6)
    pipe = data | (d.map(negate) + (d.map(square) | (d.map(negate) + d.map(str) * d.map(square))))
    assert [row[:2] for row in pipe] == [(-i, -i * i) for i in range(6)]
    assert set(data.read.values()) == {1}


def test_random_steps_draw_differently_by_branch_and_share_the_draws_beneath():
    pipe = (
        range(30) | d.map_random(draw) | (d.map_random(draw) + d.map_random(draw) + (d.map_random(draw) | d.map(tuple)))
    )
    for (a, b), seed, (c, e), other, (f, g), third in pipe:
        assert (a, b) == (c, e) == (f, g)
        assert len({b, seed, other, third}) == 4


def test_an_element_is_the_same_by_index_and_in_a_loop_in_any_epoch():
    steps = (
        d.map_random(draw) | (d.map_random(draw) * d.map(str) + d.shuffle(seed=2) + d.map_random(draw)) | d.shuffle()
    )
    pipe = range(12) | steps
    for epoch in range(2):
        rows = list(pipe)
        pipe.set_epoch(epoch)
        assert [pipe[i] for i in range(12)] == rows == list(pipe)


def test_a_branch_may_change_the_order_but_not_the_number():
    pipe = range(9) | d.map(square) | (d.map(negate) + d.shuffle(seed=1) + d.subset(range(9)[::-1]))
    rows = list(pipe)
    assert [row[0] for row in rows] == [-i * i for i in range(9)]
    assert [row[2] for row in rows] == [i * i for i in range(9)][::-1]
    assert sorted(row[1] for row in rows) == [i * i for i in range(9)]
    assert rows == [
        rows_again for _, rows_again in zip(range(9), (range(9) | d.map(square) | pipe_step()), strict=True)
    ]
    with pytest.raises(DataError, match=r"keep the number of elements, 9 here; batch\(2\) gives 5 and subset"):
        range(9) | d.map(negate) + d.batch(2) + d.subset([1])


def pipe_step():
    return d.map(negate) + d.shuffle(seed=1) + d.subset(range(9)[::-1])


def test_a_choice_draws_with_equal_chances_anew_for_every_epoch():
    pipe = [0] * 1500 | d.map(lambda _: 0) * d.map(lambda _: 1) * d.map(lambda _: 2)
    first, second = list(pipe), list(pipe)
    for drawn in (first, second):
        # the standard deviation of each count is 18
        assert all(abs(count - 500) < 90 for count in Counter(drawn).values())
    same = sum(a == b for a, b in zip(first, second, strict=True))
    assert abs(same - 500) < 90


def test_choices_in_a_row_draw_independently():
    coin = d.map(lambda x: (*x, 0)) * d.map(lambda x: (*x, 1))
    pipe = [()] * 1000 | coin | coin
    assert all(abs(count - 250) < 70 for count in Counter(pipe).values())


def test_what_lies_beneath_a_choice_does_not_depend_on_it():
    below = range(20) | d.map_random(draw)
    chosen = below | d.map(tuple) * d.map(list) * d.map(tuple)
    assert [tuple(pair) for pair in chosen] == list(below)


def test_cache_keeps_a_branch_and_refuses_a_choice():
    data = Counting(5)
    calls = []
    pipe = data | ((d.map(lambda x: (calls.append(x), x)[1]) | d.cache()) + d.map_random(draw))
    assert [row[0] for row in pipe] == [row[0] for row in pipe] == list(range(5))
    assert calls == list(range(5))
    with pytest.raises(DataError, match=r"cache\(\) after map\(negate\) \* map\(square\) would freeze"):
        data | d.map(negate) * d.map(square) | d.cache()
    with pytest.raises(DataError, match=r"cache\(\) after map_random\(draw, seed=0\) would freeze"):
        data | d.map(negate) + d.map_random(draw) | d.cache()


@pytest.mark.filterwarnings("ignore:.*broken element:UserWarning")
def test_broken_elements_pass_by_all_branches():
    def fail_at_two(x):
        return 1 // (x - 2)

    assert list(range(4) | d.map(fail_at_two) | guard() | d.map(negate) + d.map(square)) == [(1, 1), (1, 1), (-1, 1)]
    assert list(range(4) | (d.map(fail_at_two) | guard()) + d.map(square)) == [(-1, 0), (-1, 1), (1, 9)]
    pipe = range(4) | d.map(fail_at_two) | guard() | d.batch(2) | d.map(torch.sum) + d.map(len) | d.map(tuple)
    assert list(pipe) == [(-2, 2), (1, 1)]
    assert [fault.index for fault in pipe.faults] == [2]


@settings(max_examples=25)
@given(st.integers(0, 3), st.integers(0, 5), st.sampled_from([0, 2]))
def test_branched_pipes_resume_in_mid_epoch(epoch, stop, workers):
    step = d.map_random(draw) | d.map_random(draw) * d.map(str) + d.map(repr) | d.parallel(workers)
    whole, killed, resumed = (range(6) | step for _ in range(3))
    whole.set_epoch(epoch)
    killed.set_epoch(epoch)
    seen = [row for _, row in zip(range(stop), killed, strict=False)]
    resumed.load_state_dict(killed.state_dict())
    assert seen + list(resumed) == list(whole)


def test_an_empty_container_has_no_rows():
    assert list([] | d.map(negate) + d.map(square) * d.map(str)) == []


def test_a_branched_pipe_prints_and_goes_through_pickle():
    pipe = range(3) | d.map(negate) | d.map(negate) + d.map(square) * d.map(str)
    assert repr(pipe) == "range(0, 3) | map(negate) | map(negate) + map(square) * map(str)"
    assert list(pickle.loads(pickle.dumps(pipe))) == list(pipe)


@pytest.mark.parametrize("other", [negate, 3, None, [1]])
def test_a_branch_that_is_no_step_is_refused(other):
    for join in (lambda a, b: a + b, lambda a, b: a * b):
        with pytest.raises(DataError, match="takes steps on both sides; given"):
            join(d.map(negate), other)
