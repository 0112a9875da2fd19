import pytest
import torch

import leyden as ly
from leyden.errors import DataError


def jitter(generator, x):
    return x + torch.rand((), generator=generator).item()


def test_map_calls_its_function_anew_for_every_reading():
    calls = []
    view = ly.data.map([1, 2], lambda x: (calls.append(x), x * x)[1])
    assert [view[1], view[1], *view] == [4, 4, 1, 4]
    assert calls == [2, 2, 1, 2]


def test_map_refuses_what_cannot_be_called():
    with pytest.raises(DataError, match=r"map\(data, function\): the function must be callable; given \[1\]"):
        ly.data.map(abs, [1])


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_random_draws_do_not_depend_on_the_number_of_workers(workers):
    steps = ly.data.map_random(jitter, seed=1) | ly.data.map_random(jitter, seed=1) | ly.data.shuffle()
    serial, threaded = range(40) | steps, range(40) | steps | ly.data.parallel(workers)
    for _ in range(3):
        assert list(serial) == list(threaded)


def test_random_draws_do_not_depend_on_the_order_of_reading():
    pipe = [0.0] * 6 | ly.data.map_random(jitter)
    backwards = [pipe[index] for index in reversed(range(6))][::-1]
    assert list(pipe) == backwards


def test_equal_elements_epochs_seeds_and_places_each_draw_differently():
    pipe = [0.0] * 5 | ly.data.map_random(jitter, seed=0)
    twice = [0.0] * 5 | ly.data.map_random(jitter, seed=0) | ly.data.map_random(lambda g, x: jitter(g, 0.0), seed=0)
    other = [0.0] * 5 | ly.data.map_random(jitter, seed=1)
    seen = [*pipe, *pipe, *twice, *other]
    assert len(set(seen)) == len(seen) == 20


def test_steps_that_do_not_draw_leave_the_draws_as_they_were():
    plain = [0.0] * 5 | ly.data.map_random(jitter)
    longer = [0.0] * 5 | ly.data.map(abs) | ly.data.cache() | ly.data.parallel(2) | ly.data.map_random(jitter)
    assert list(plain) == list(longer)


def test_the_parts_of_a_concatenation_draw_differently_for_one_seed():
    noisy = [0.0] * 4 | ly.data.map_random(jitter)
    both = ly.data.concatenate(noisy, noisy)
    assert len(set(both)) == 8
    assert [both[i] for i in range(8)] == (both.set_epoch(1), list(both))[1]
