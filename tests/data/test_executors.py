"""One pipe gives the same elements in the same order, however it is written and whatever runs it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.data.keep.kept import cache
from leyden.data.pipe.element import guard

d = ly.data


def plus_noise(generator, x):
    return x + torch.rand(2, generator=generator)


def double(x):
    return 2 * x


def seldom(x):
    if float(x.sum()) % 5 == 0:
        raise OSError("cannot be read")
    return x


def first(pair):
    return pair[0]


DATA = torch.arange(22.0).reshape(11, 2)

STEPS = {
    "map": lambda: d.map(double),
    "noise": lambda: d.map_random(plus_noise, seed=1),
    "shuffle": lambda: d.shuffle(seed=2),
    "subset": lambda: d.subset([0, 3, 3, 2, -1, 5]),
    "both": lambda: (d.map_random(plus_noise) | d.map(double)) + d.map(double) | d.map(first),
    "choice": lambda: d.map_random(plus_noise) * d.map(double) * (d.map(double) | d.map_random(plus_noise)),
    "guard": lambda: d.map(seldom) | guard(),
    "instead": lambda: d.map(seldom) | guard(instead="next"),
    "parallel": lambda: d.parallel(2),
    "batch": lambda: d.batch(3, collate=torch.stack) | d.map(double),
}
EXECUTORS = {
    "serial": d.parallel(0),
    "one thread": d.parallel(1),
    "threads": d.parallel(3),
    "processes": d.parallel(2, kind="processes"),
}
quiet = pytest.mark.filterwarnings("ignore:.*broken element:UserWarning")
names = st.lists(st.sampled_from([name for name in STEPS if name != "batch"]), max_size=4)
ends = st.sampled_from([[], ["batch"], ["batch", "shuffle"], ["batch", "noise"]])


def pipe_of(chosen):
    view = d.as_container(DATA)
    for name in chosen:
        view = view | STEPS[name]()
    return view | d.map(torch.Tensor.clone)


def epochs_of(view, count=2):
    told = []
    for _ in range(count):
        elements = [element.tolist() for element in view]
        told.append((elements, [fault.index for fault in view.faults]))
    return told


@quiet
@settings(max_examples=20, deadline=None)
@given(names, ends)
def test_serial_threads_and_processes_give_equal_elements_in_equal_order(chosen, end):
    expected = epochs_of(pipe_of(chosen + end))
    for executor in EXECUTORS.values():
        assert epochs_of(pipe_of(chosen + end) | executor) == expected
    by_index = pipe_of(chosen + end)
    for _, epoch in zip(range(2), expected, strict=True):
        if not epoch[1]:
            assert [by_index[index].tolist() for index in range(len(by_index))] == epoch[0]
        by_index.set_epoch(by_index.epoch + 1)


@quiet
@settings(max_examples=15, deadline=None)
@given(names, ends, st.integers(0, 11), st.sampled_from(sorted(EXECUTORS)), st.sampled_from(sorted(EXECUTORS)))
def test_a_pipe_resumed_in_mid_epoch_on_other_workers_goes_on_with_the_same_elements(chosen, end, stop, one, other):
    whole = pipe_of(chosen + end)
    expected = [element.tolist() for element in whole] + [element.tolist() for element in whole]
    killed, resumed = pipe_of(chosen + end) | EXECUTORS[one], pipe_of(chosen + end) | EXECUTORS[other]
    loop = iter(killed)
    seen = [element.tolist() for _, element in zip(range(stop), loop, strict=False)]
    state = killed.state_dict()
    loop.close()
    resumed.load_state_dict(state)
    while state["epoch"] < 2 and resumed.epoch < 2:
        seen += [element.tolist() for element in resumed]
    assert seen == expected


@quiet
@settings(max_examples=15, deadline=None)
@given(names, st.integers(1, 4), st.booleans(), st.sampled_from([0, 1, 2]))
def test_the_three_ways_to_write_a_pipe_give_equal_elements(chosen, size, drop_last, workers):
    below = pipe_of(chosen)
    piped = below | d.shuffle(seed=4) | d.batch(size, drop_last=drop_last) | d.parallel(workers)
    nested = d.parallel(d.batch(d.shuffle(below, seed=4), size, drop_last=drop_last), workers)
    loader = d.DataLoader(below, size, shuffle=True, seed=4, drop_last=drop_last, parallel=workers)
    assert epochs_of(piped) == epochs_of(nested) == epochs_of(loader)
    assert repr(piped) == repr(nested) == repr(loader)


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_workers_share_one_folder_of_kept_elements(tmp_path, executor):
    pipe = DATA | d.map(double) | cache(folder=tmp_path) | d.map_random(plus_noise) | EXECUTORS[executor]
    assert epochs_of(pipe) == epochs_of(DATA | d.map(double) | d.map_random(plus_noise))
    assert len(list(tmp_path.rglob("*.element"))) == 11
    assert not list(tmp_path.rglob("*.part"))
