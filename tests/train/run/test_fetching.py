import gc
import os
import signal
import threading
import time
import weakref

import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from leyden.train.run import Source

pytestmark = pytest.mark.usefixtures("nothing_left", "quiet")


class Squares(Dataset):
    """Ten numbers squared; keeps the threads that asked, fails where it is told to."""

    def __init__(self, count=10, *, fails=None):
        self.count, self.fails, self.threads = count, fails, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.threads.append(threading.current_thread().name)
        if index == self.fails:
            raise ZeroDivisionError(f"no square of {index}")
        return index * index


class Counted:
    """An iterable with neither length nor generator function: its iterator is a class of its own."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return iter(range(self.count))


def alive():
    return [each.name for each in threading.enumerate() if each.name == "leyden-source"]


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_no_more_is_fetched_ahead_than_was_asked(ahead):
    squares = Squares(20)
    iterator = iter(Source(DataLoader(squares, batch_size=1), ahead=ahead))
    next(iterator)
    assert len(squares.threads) == 1
    next(iterator)
    time.sleep(0.05)
    assert len(squares.threads) == 2 + ahead
    next(iterator)
    time.sleep(0.05)
    assert len(squares.threads) == 3 + ahead


@pytest.mark.parametrize("said", [3, 6, 9])
def test_a_loader_that_is_wrong_about_its_length_gives_what_it_has(said):
    class Boasting(Counted):
        def __len__(self):
            return said

    assert list(Source(Boasting(6))) == list(range(6))


@pytest.mark.parametrize("place", range(5))
def test_an_error_comes_in_its_turn_with_its_traceback(place):
    source = Source(DataLoader(Squares(5, fails=place), batch_size=1))
    given = []
    with pytest.raises(ZeroDivisionError, match=f"no square of {place}") as caught:
        given.extend(batch.item() for batch in source)
    assert given == [number * number for number in range(place)]
    assert "__getitem__" in [entry.name for entry in caught.traceback]


def test_a_loop_goes_on_after_an_error_where_the_loader_does():
    def told(loader):
        iterator, seen = iter(loader), []
        while True:
            try:
                seen.append(next(iterator).item())
            except ZeroDivisionError as error:
                seen.append(str(error))
            except StopIteration:
                return seen

    for place in range(6):
        loader = DataLoader(Squares(6, fails=place), batch_size=1)
        assert told(Source(loader)) == told(loader)


def test_ctrl_c_while_waiting_for_a_batch_ends_the_thread():
    class Slow(Counted):
        def __iter__(self):
            for number in range(9):
                if number == 4:
                    time.sleep(0.1)  # by now the reader waits
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(0.1)
                yield number

    given = []
    with pytest.raises(KeyboardInterrupt):
        given.extend(number for number in Source(Slow(9)))
    assert given == [0, 1, 2, 3]
    assert not alive()


def test_gradient_and_inference_mode_go_with_the_worker():
    def modes(loader):
        with torch.inference_mode():
            return [torch.is_inference(batch) for batch in loader]

    loader = DataLoader(Squares(6), batch_size=1)
    assert modes(Source(loader)) == modes(loader) == [True] * 6


def test_the_worker_uses_as_many_cores_for_torch_as_the_reader():
    class Telling(Counted):
        def __iter__(self):
            for _ in range(self.count):
                yield torch.get_num_threads()

    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert list(Source(Telling(5))) == [3] * 5
    finally:
        torch.set_num_threads(before)


def test_a_batch_that_the_reader_dropped_is_kept_by_nobody():
    class Batch:
        pass

    class Batches:
        def __iter__(self):
            for _ in range(9):
                yield Batch()

    iterator = iter(Source(Batches(), ahead=1))
    seen = [weakref.ref(next(iterator)) for _ in range(5)]
    time.sleep(0.02)
    gc.collect()
    assert [each() for each in seen] == [None] * 5
