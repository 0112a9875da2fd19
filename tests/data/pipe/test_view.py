import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.element import guard
from leyden.data.pipe.order import whole_number
from leyden.data.pipe.view import describe, given_as
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


def negate(x):
    return -x


def draw(generator, x):
    return (x, int(generator.initial_seed()))


def everything(data):
    return (
        data
        | ly.data.map(negate)
        | ly.data.map_random(draw)
        | ly.data.shuffle()
        | ly.data.subset(range(8))
        | ly.data.batch(2, collate=tuple)
    )


def test_nothing_is_read_before_it_is_asked_for():
    data = Counting(10)
    pipe = everything(data)
    part, _ = ly.data.split(data, 0.5, seed=0, stratify=[0, 1] * 5)
    joined = ly.data.concatenate(pipe, part)[1:3]
    assert (len(pipe), len(joined), repr(pipe)[:12]) == (4, 2, "Counting[10]")
    assert data.read == []
    assert len(pipe[0]) == 2
    assert len(data.read) == 2
    loop = iter(pipe)
    assert len(data.read) == 2
    next(loop)
    assert len(data.read) == 4


def test_a_view_counts_indices_from_both_ends_and_refuses_the_rest():
    view = range(3) | ly.data.map(negate)
    assert [view[i] for i in (0, 2, -1, -3)] == [0, -2, -2, 0]
    for outside in (3, -4):
        with pytest.raises(IndexError, match=f"index {outside} lies outside this view of 3"):
            view[outside]
    with pytest.raises(TypeError):
        view["a"]


bound = st.none() | st.integers(-12, 12)


@given(st.integers(0, 9), bound, bound, st.none() | st.integers(-4, 4).filter(bool))
def test_a_slice_of_a_view_is_the_slice_of_its_list(count, start, stop, step):
    chosen = slice(start, stop, step)
    view = range(count) | ly.data.map(negate)
    expected = [-x for x in range(count)][chosen]
    assert list(view[chosen]) == expected
    assert [view[chosen][i] for i in range(len(expected))] == expected
    assert list(view[chosen][::-1]) == expected[::-1]


def test_each_loop_is_the_next_epoch_and_the_same_epoch_is_the_same_stream():
    pipe, other = everything(range(8)), everything(range(8))
    epochs = [list(pipe) for _ in range(3)]
    assert epochs[0] != epochs[1] != epochs[2]
    assert pipe.epoch == 3
    for epoch in (2, 0, 1):
        other.set_epoch(epoch)
        assert [other[i] for i in range(len(other))] == epochs[epoch]
        assert list(other) == epochs[epoch]


def test_a_loop_left_early_counts_as_an_epoch():
    pipe = everything(range(8))
    whole = everything(range(8))
    for _ in pipe:
        break
    assert pipe.epoch == 0
    next(iter(whole))
    assert list(pipe) == list(whole)
    assert list(pipe) == (whole.set_epoch(2), list(whole))[1]


def test_calling_iter_alone_does_not_use_up_an_epoch():
    pipe = everything(range(8))
    iter(pipe)
    next(iter(pipe))
    assert pipe.epoch == 0


def test_two_loops_at_once_are_two_epochs():
    pipe = everything(range(8))
    pairs = list(zip(pipe, pipe, strict=True))
    pipe.set_epoch(0)
    assert [one for one, _ in pairs] == list(pipe)
    assert [two for _, two in pairs] == list(pipe)


def test_looping_over_one_pipe_leaves_another_on_the_same_source_alone():
    base = range(8) | ly.data.map_random(draw)
    one, two = base | ly.data.shuffle(), base | ly.data.batch(2, collate=tuple)
    first = list(one)
    list(one)
    assert (base.epoch, one.epoch, two.epoch) == (0, 2, 0)
    assert sorted(first) == sorted(x for pair in two for x in pair)


def test_reading_by_index_is_of_the_present_epoch():
    pipe = everything(range(8))
    for place, element in enumerate(pipe):
        assert element == pipe[place] == pipe[place : place + 1][0]


@given(st.integers(0, 8), st.integers(0, 3), st.sampled_from([0, 2]))
def test_a_resumed_pipe_goes_on_with_the_same_stream(stop, epoch, workers):
    steps = ly.data.map_random(draw) | ly.data.shuffle() | ly.data.parallel(workers)
    whole = range(8) | steps
    whole.set_epoch(epoch)
    expected = list(whole) + list(whole)
    killed = range(8) | steps
    killed.set_epoch(epoch)
    loop = iter(killed)
    seen = [next(loop) for _ in range(stop)]
    state = killed.state_dict()
    resumed = range(8) | steps
    resumed.load_state_dict(state)
    seen += list(resumed)
    while len(seen) < len(expected):
        seen += list(resumed)
    assert seen == expected


def test_a_resumed_pipe_does_not_read_what_was_seen():
    data = Counting(6)
    pipe = data | ly.data.batch(2)
    pipe.load_state_dict({"epoch": 0, "position": 2})
    assert len(list(pipe)) == 1
    assert data.read == [4, 5]
    assert len(pipe) == len(list(pipe)) == 3


def test_a_state_after_the_last_element_is_the_start_of_the_next_epoch():
    pipe = range(2) | ly.data.shuffle()
    loop = iter(pipe)
    assert pipe.state_dict() == {"epoch": 0, "position": 0}
    next(loop)
    assert pipe.state_dict() == {"epoch": 0, "position": 1, "length": 2}
    next(loop)
    assert pipe.state_dict() == {"epoch": 1, "position": 0}
    assert list(loop) == []
    assert pipe.state_dict() == {"epoch": 1, "position": 0}


def test_setting_the_epoch_inside_a_loop_holds_for_the_next_loop():
    pipe = range(3) | ly.data.shuffle()
    for _ in pipe:
        pipe.set_epoch(7)
    assert pipe.state_dict() == {"epoch": 7, "position": 0}


def test_states_that_fit_no_such_pipe_are_refused():
    pipe = range(3) | ly.data.shuffle()
    with pytest.raises(DataError, match="'epoch' and 'position'; given \\['epoch'\\]"):
        pipe.load_state_dict({"epoch": 1})
    with pytest.raises(DataError, match="position 4 lies outside this pipe of 3"):
        pipe.load_state_dict({"epoch": 1, "position": 4})
    with pytest.raises(DataError, match="counts from 0; given -1"):
        pipe.set_epoch(-1)
    with pytest.raises(DataError, match="a state's 'position' is a whole number; given '1'"):
        pipe.load_state_dict({"epoch": 1, "position": "1"})
    with pytest.raises(DataError, match=r"a state's 'epoch' is a whole number; given 1\.5"):
        pipe.load_state_dict({"epoch": 1.5, "position": 0})
    assert pipe.state_dict() == {"epoch": 0, "position": 0}


def test_a_state_amid_an_epoch_is_refused_by_a_pipe_of_another_length():
    pipe, halved = (range(12) | ly.data.shuffle() | ly.data.batch(size) for size in (2, 4))
    loop = iter(pipe)
    next(loop)
    with pytest.raises(DataError, match=r"of a pipe of 6 elements, this one has 3: .* batches of another size"):
        halved.load_state_dict(pipe.state_dict())
    pipe.set_epoch(3)
    halved.load_state_dict(pipe.state_dict())  # the start of an epoch is the start of any
    assert halved.epoch == 3
    halved.load_state_dict({"epoch": 1, "position": 2})  # as states were before they told the length
    assert len(list(halved)) == 1


@pytest.mark.parametrize("number", [np.int64, np.uint8, torch.tensor])
def test_an_epoch_is_the_same_in_whatever_kind_of_number(number):
    def drawn(epoch):
        pipe = range(30) | ly.data.map_random(draw) | ly.data.shuffle(seed=11)
        pipe.set_epoch(epoch)
        return pipe.state_dict(), list(pipe)

    assert drawn(number(5)) == drawn(5)
    assert [type(value) for value in drawn(number(6))[0].values()] == [int, int]
    assert drawn(6) == drawn(number(6))


@pytest.mark.parametrize("several", [[0, 2], np.array([0, 2]), torch.tensor([True, False]), 1.0, "a", None])
def test_an_index_that_is_no_number_is_answered_with_what_to_write(several):
    with pytest.raises(TypeError, match=r"one whole number or a slice; given .*write view \| subset\(\[1, 2\]\)"):
        (range(3) | ly.data.map(negate))[several]


def test_an_error_in_a_plain_loop_keeps_its_kind_and_is_noted_with_its_element():
    pipe = [2, 1, 0, 3] | ly.data.map(lambda x: 6 // x)
    with pytest.raises(ZeroDivisionError) as caught:
        list(pipe)
    assert caught.value.__notes__ == ["element 2 of list[4] | map(lambda)"]
    with pytest.raises(ZeroDivisionError) as caught:
        list(pipe | ly.data.batch(3))
    assert caught.value.__notes__ == [
        "element 2 of list[4] | map(lambda)",
        "element 0 of list[4] | map(lambda) | batch(3)",
    ]
    with pytest.raises(DataError, match="element 2 of") as error:
        list(pipe | ly.data.parallel(0))
    assert not hasattr(error.value, "__notes__"), "it says so itself"


def test_an_empty_container_makes_an_empty_pipe():
    pipe = [] | ly.data.map(negate) | ly.data.shuffle() | ly.data.batch(3)
    assert len(pipe) == 0
    assert list(pipe) == list(pipe) == list(pipe[::-1]) == []
    with pytest.raises(IndexError):
        pipe[0]


def test_something_that_is_no_step_is_refused_after_a_view_and_after_a_step():
    for left in (range(3) | ly.data.map(negate), ly.data.map(negate)):
        with pytest.raises(DataError, match=r"`\| map\(function\)`, for a random transform `\| map_random\("):
            left | negate
        with pytest.raises(TypeError):
            left | 5


def test_a_view_goes_through_pickle():
    pipe = everything(range(8))
    list(pipe)
    again = pickle.loads(pickle.dumps(pipe))
    assert list(again) == list(pipe)


def test_a_slice_prints_as_it_was_made():
    view = range(9) | ly.data.map(negate)
    assert repr(view[2:5]) == "(range(0, 9) | map(negate))[2:5]"
    assert eval(repr(view[::-2]), {"map": ly.data.map, "negate": negate})[1] == -6


def test_what_was_given_is_told_on_one_line():
    assert given_as(np.eye(2)) == "array([[1., 0.], [0., 1.]])"
    assert given_as("a" * 100) == "'" + "a" * 56 + "..."
    assert given_as(Counting(4)).startswith("<")
    with pytest.raises(DataError, match=r"given tensor\(\[\[1., 0., 0.\], \[0., 1., 0.\], \[0., 0., 1.\]\]\)$"):
        whole_number("the size", torch.eye(3), at_least=0)


def test_containers_without_a_stable_print_are_described_by_type_and_length():
    assert describe(Counting(4)) == "Counting[4]"
    assert describe({"a": 1}) == "dict[1]"
    assert describe(object()) == "object"


def views():
    d, base = ly.data, range(8) | ly.data.map_random(draw)
    return [
        everything(range(8)),
        base[1:5],
        d.concatenate(base, base),
        ({"a": range(8), "b": base} | d.map(len)).sources[0],
        base | d.map(negate_pair) + d.map(negate_pair) * d.map(tuple),
        base | d.map(negate_pair) | guard(),
        range(8) | d.map(negate) | d.cache(),
        base | d.parallel(2),
    ]


def negate_pair(pair):
    return (-pair[0], pair[1])


@pytest.mark.parametrize("view", views(), ids=repr)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda view: pickle.loads(pickle.dumps(view))])
def test_every_view_can_be_copied_and_sent_also_in_the_middle_of_a_loop(view, copied):
    view.set_epoch(1)
    loop = iter(view)
    _ = next(loop), next(loop)
    other = copied(view)
    loop.close()
    assert other.state_dict() == {"epoch": 1, "position": 2, "length": len(view)} == view.state_dict()
    assert list(other) == list(view)
    assert [other[i] for i in range(len(other))] == [view[i] for i in range(len(view))]
