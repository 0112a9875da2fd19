"""What holds for threads and processes alike."""

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.errors import DataError


def forked(workers):
    return ly.data.parallel(workers, kind="processes", start="fork")


def jitter(generator, x):
    return x + torch.rand(2, generator=generator)


def lists(pipe):
    return [x.tolist() for x in pipe]


d = ly.data
FORMS = {
    "above": lambda run: d.map_random(jitter) | d.shuffle(seed=1) | d.batch(3) | run,
    "below": lambda run: run | d.map_random(jitter) | d.shuffle(seed=1) | d.batch(3),
    "around": lambda run: d.shuffle() | d.map_random(jitter) | run | d.map_random(jitter) | d.batch(3) | d.shuffle(),
}
RUNS = [*(ly.data.parallel(workers) for workers in (0, 1, 2, 4)), *(forked(workers) for workers in (0, 1, 2, 4))]


@pytest.mark.parametrize("form", FORMS)
def test_any_number_of_threads_or_processes_gives_the_same_samples(form):
    plain = range(10) | FORMS[form](ly.data.map(lambda x: x))
    expected = [lists(plain), lists(plain)]
    assert expected[0] != expected[1]
    for run in RUNS:
        pipe = range(10) | FORMS[form](run)
        assert [lists(pipe), lists(pipe)] == expected, run


@given(st.sampled_from(list(FORMS)), st.permutations(range(8)), st.integers(0, 4))
@settings(deadline=None, max_examples=12)
def test_a_loop_is_taken_up_in_mid_epoch_by_any_other_workers(form, order, position):
    expected = lists(range(10) | FORMS[form](ly.data.parallel(0)))
    first, second = (range(10) | FORMS[form](RUNS[number]) for number in order[:2])
    loop = iter(first)
    seen = [next(loop).tolist() for _ in range(position)]
    state = first.state_dict()
    loop.close()
    second.load_state_dict(state)
    assert (seen + lists(second))[:4] == expected
    assert state["position"] == position % 4


def late(x):
    time.sleep(0.4 if x == 0 else 0)  # a busy machine may take long to start the other worker
    return x


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_without_order_elements_come_as_they_are_done(kind):
    run = ly.data.parallel(2, kind=kind, ordered=False)
    pipe = range(4) | ly.data.map(late) | run
    assert repr(pipe) == f"range(0, 4) | map(late) | {run!r}"
    assert "ordered=False" in repr(run)
    seen = list(pipe)
    assert sorted(seen) == list(range(4))
    assert seen[0] != 0
    seen = list(pipe | ly.data.map(lambda x: x) | ly.data.to_device("cpu"))
    assert seen[0] != 0


def test_steps_that_go_by_index_get_elements_in_order_all_the_same():
    pipe = range(6) | ly.data.map(late) | ly.data.parallel(2, ordered=False)
    plain = range(6) | ly.data.map(late)
    for step in (
        ly.data.map_random(jitter),
        ly.data.cache(),
        ly.data.batch(2),
        ly.data.shuffle(),
        ly.data.subset([0, 1]),
    ):
        assert str(list(pipe | step)) == str(list(plain | step)), step
    assert next(iter(ly.data.as_container((pipe, range(6))))) == (0, 0)
    assert next(iter(ly.data.concatenate(pipe, pipe))) == 0
    assert list(pipe[:2]) == [0, 1]


def test_without_order_an_error_is_told_at_once():
    def work(x):
        if x == 1:
            raise ValueError
        time.sleep(0.5)

    for kind in ("threads", "processes"):
        start = time.perf_counter()
        with pytest.raises(DataError, match="element 1 of"):
            list(range(50) | ly.data.map(work) | ly.data.parallel(2, kind=kind, ordered=False))
        assert time.perf_counter() - start < 2
