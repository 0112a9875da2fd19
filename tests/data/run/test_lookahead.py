import gc
import threading
import time
import weakref

import pytest
import torch

import leyden as ly
from leyden.data.run.lookahead import fetched_ahead


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    for _ in range(100):  # after the last element the thread ends by itself
        if set(threading.enumerate()) == before:
            return
        time.sleep(0.01)
    raise AssertionError(threading.enumerate())


ALIVE = weakref.WeakSet()


class Thing:
    """Something whose life can be followed."""

    def __init__(self, number):
        self.number = number
        ALIVE.add(self)


def same(x):
    return x


@pytest.mark.parametrize("count", [1, 2, 5])
def test_no_more_than_one_over_those_ahead_are_alive(count):
    most = []

    def fetch(number):
        thing = Thing(number)
        time.sleep(0.001)  # lets the reader run
        most.append(len(ALIVE))
        return thing

    for place, thing in enumerate(fetched_ahead(iter(range(40)), fetch, hand_out=same, count=count)):
        time.sleep(0.004 * (place % 2))
        assert thing.number == place
        most.append(len(ALIVE))
    assert max(most) == count + 1


def test_elements_are_fetched_while_the_reader_works():
    fetched = threading.Event()
    loop = fetched_ahead(iter(range(3)), lambda x: (x == 1 and fetched.set(), x)[1], hand_out=same, count=1)
    assert next(loop) == 0
    assert fetched.wait(5)
    assert list(loop) == [1, 2]


def test_the_source_is_read_and_closed_on_the_thread():
    where = []

    def numbers():
        try:
            for number in range(100):
                where.append(threading.current_thread().name)
                yield number
        finally:
            where.append("closed")

    for number in fetched_ahead(numbers(), same, hand_out=same, count=2):
        if number == 5:
            break
    gc.collect()
    assert where.pop() == "closed"
    assert set(where) == {"leyden-data-ahead"}
    assert len(where) <= 9


def test_an_error_comes_in_its_turn():
    def fetch(number):
        if number == 3:
            raise ValueError("bad")
        return number

    seen = []
    with pytest.raises(ValueError, match="bad"):
        seen.extend(fetched_ahead(iter(range(9)), fetch, hand_out=same, count=4))
    assert seen in ([], [0, 1, 2])
    loop = fetched_ahead(iter(range(9)), fetch, hand_out=same, count=4)
    assert [next(loop), next(loop), next(loop)] == [0, 1, 2]
    with pytest.raises(ValueError, match="bad"):
        next(loop)


def test_gradients_are_recorded_as_the_reader_does():
    weight = torch.ones(1, requires_grad=True)
    with torch.no_grad():
        (inside,) = fetched_ahead(iter([2]), lambda x: (weight * x).requires_grad, hand_out=same, count=1)
    (outside,) = fetched_ahead(iter([2]), lambda x: (weight * x).requires_grad, hand_out=same, count=1)
    assert (inside, outside) == (False, True)


def test_nothing_runs_on_when_a_loop_is_dropped_or_never_begun():
    loop = fetched_ahead(iter(range(9)), same, hand_out=same, count=2)
    next(loop)
    del loop
    fetched_ahead(iter(range(9)), same, hand_out=same, count=2)
    held = [fetched_ahead(iter(range(9)), same, hand_out=same, count=2)]
    next(held[0])
    held.append(held)
    del held
    gc.collect()


@pytest.mark.parametrize("prefetch", [0, 1, 3])
def test_a_device_gets_what_a_plain_loop_gives(prefetch):
    pipe = range(7) | ly.data.map(torch.zeros) | ly.data.parallel(2) | ly.data.to_device("meta", prefetch=prefetch)
    assert [(x.device.type, len(x)) for x in pipe] == [("meta", size) for size in range(7)]
    assert [(x.device.type, len(x)) for x in pipe[2:4]] == [("meta", 2), ("meta", 3)]
    loop = iter(pipe)
    next(loop)
    assert pipe.state_dict() == {"epoch": 1, "position": 1, "length": 7}
    loop.close()
