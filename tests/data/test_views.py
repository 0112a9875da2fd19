"""What holds of every view and of every pipe that views are composed to."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import RandomSampler, SequentialSampler

import leyden as ly
from leyden.data.part.combination import leave_out
from leyden.data.part.series import time_series_folds
from leyden.data.select.balance import oversample, undersample
from leyden.data.select.beside import zip as beside
from leyden.data.select.condition import filter as keep
from leyden.data.select.grouping import group
from leyden.data.select.matching import join
from leyden.data.select.neighbours import window
from leyden.data.select.ranks import shard
from leyden.data.select.sampler import sample
from leyden.data.select.weighting import weighted_sample


class Counting:
    """A container that notes what is read."""

    def __init__(self, count):
        self.count, self.read = count, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.read.append(index)
        return index


def flat(x):
    """Every number in a nested tuple, list or view, in order."""
    return [x] if isinstance(x, int) else [number for part in x for number in flat(part)]


def kind(x):
    return sum(flat(x)) % 3


def odd(x):
    return sum(flat(x)) % 2


def paired(x):
    return tuple(flat(x))


def moved(generator, x):
    return (*flat(x), generator.initial_seed() % 7)


def labels(view):
    return [index % 3 for index in range(len(view))]


# each makes a view of a view; the first row asks that every epoch of what lies beneath be the same
STEADY = {
    "filter": lambda view: view | keep(odd),
    "group": lambda view: view | group(kind) | ly.data.map(paired),
    "group by labels": lambda view: view | group(labels(view)) | ly.data.map(paired),
    "join": lambda view: view | join(range(4), on=kind),
    "oversample": lambda view: view | oversample(labels(view), seed=1),
    "undersample": lambda view: view | undersample(kind),
    "weighted_sample": lambda view: view | weighted_sample([1 + index % 2 for index in range(len(view))]),
    "split": lambda view: ly.data.split(view, 0.5, seed=0)[1],
    "split by group": lambda view: ly.data.split(view, 0.5, seed=0, groups=range(len(view)))[0],
    "fold": lambda view: ly.data.kfolds(view, 2, seed=0)[0][0],
    "fold in time": lambda view: time_series_folds(view, 1)[0][0],
    "leave_out": lambda view: leave_out(view)[0][0],
    "cache": lambda view: view | ly.data.cache(),
}
FREE = {
    "map": lambda view: view | ly.data.map(paired),
    "map_random": lambda view: view | ly.data.map_random(moved),
    "shuffle": lambda view: view | ly.data.shuffle(seed=2),
    "subset": lambda view: view | ly.data.subset(range(len(view) - 1, -1, -2)),
    "batch": lambda view: view | ly.data.batch(2, collate=tuple),
    "window": lambda view: view | window(2, collate=tuple),
    "window by three": lambda view: view | window(2, 3, drop_last=False, collate=tuple),
    "concatenate": lambda view: ly.data.concatenate(view, range(2), view),
    "zip": lambda view: beside(view, range(len(view)) | ly.data.shuffle(seed=3)),
    "sample": lambda view: view | sample(RandomSampler(range(len(view)))),
    "sample in turn": lambda view: view | sample(SequentialSampler(view)),
    "shard": lambda view: view | shard(rank=1, of=2),
    "slice": lambda view: view[1:],
    "parallel": lambda view: view | ly.data.parallel(2),
}
MOVING = {"map_random", "shuffle", "zip", "sample", "sample in turn", "oversample", "undersample", "weighted_sample"}


def composed(names, data):
    """The view that the steps make of some data, those left out that a step beneath or too few elements rule out."""
    view, moving = data | ly.data.map(paired), False
    for name in names:
        if (name in STEADY and (moving or len(view) < 2)) or (name.startswith("sample") and not len(view)):
            continue
        view = (STEADY | FREE)[name](view)
        if len(view) > 60:  # concatenations of concatenations
            view = view[:60]
        moving = moving or name in MOVING
    return view


pipes = st.lists(st.sampled_from([*STEADY, *FREE]), max_size=5)
bound = st.none() | st.integers(-9, 9)


@settings(max_examples=100, deadline=None)
@given(pipes, st.integers(0, 12), st.integers(0, 2), bound, bound, st.sampled_from([1, 2, -1]))
def test_any_composition_is_a_container(names, count, epoch, start, stop, step):
    view = composed(names, range(count))
    view.set_epoch(epoch)
    by_index = [view[index] for index in range(len(view))]
    assert [view[index - len(view)] for index in range(len(view))] == by_index
    chosen = view[start:stop:step]
    assert list(chosen) == by_index[start:stop:step]
    assert list(view) == by_index
    with pytest.raises(IndexError):
        view[len(view)]


@settings(max_examples=100, deadline=None)
@given(pipes, st.integers(0, 12))
def test_any_composition_is_the_same_however_it_is_read(names, count):
    view, same = composed(names, range(count)), composed(names, range(count))
    copy = pickle.loads(pickle.dumps(view))
    ahead = composed(names, range(count)) | ly.data.parallel(2)
    for _ in range(2):
        expected = list(view)
        assert list(same) == list(copy) == list(ahead) == expected
    half = len(view) // 2
    left_early = iter(same)
    for _ in range(half):
        next(left_early)
    copy.load_state_dict(same.state_dict())
    assert list(copy) == list(view)[half if half < len(view) else 0 :]


LAZY = (set(STEADY) | set(FREE)) - {
    "filter", "group", "join", "undersample",  # read their keys at the first length, which composing asks for
    "leave_out", "slice",  # need more than none
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(LAZY)), max_size=6))
def test_composing_measuring_and_printing_reads_nothing(names):
    data = Counting(12)
    view = composed(names, data)
    assert len(view) >= 0
    assert repr(view)
    assert data.read == []


def test_views_that_look_at_elements_read_each_once_when_first_asked_and_not_before():
    for make in (
        lambda data: data | keep(odd),
        lambda data: data | group(kind),
        lambda data: data | join(range(3), on=kind),
        lambda data: data | oversample(kind),
        lambda data: data | undersample(kind),
    ):
        data = Counting(6)
        view = make(data)
        assert repr(view)
        assert data.read == []
        assert len(view) == len(view) > 0
        assert data.read == [0, 1, 2, 3, 4, 5]


def test_a_loop_that_is_left_has_read_no_more_than_it_handed_out():
    data = Counting(100)
    loop = iter(data | ly.data.shuffle() | window(2, 2, collate=tuple) | ly.data.batch(3, collate=tuple))
    assert len(flat(next(loop))) == len(data.read) == 6
