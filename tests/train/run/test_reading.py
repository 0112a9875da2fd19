import threading
import time

import pytest
import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, RandomSampler

import leyden as ly
from leyden.train.run import Source

pytestmark = pytest.mark.usefixtures("nothing_left", "quiet")


class Squares(Dataset):
    """Ten numbers squared; keeps the threads that asked, fails where it is told to."""

    def __init__(self, count=10, *, fails=None):
        self.count, self.fails, self.threads = count, fails, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError(index)
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


def flat(loader):
    return [torch.as_tensor(batch).tolist() for batch in loader]


class Rows(IterableDataset):
    def __iter__(self):
        return iter(range(7))


def replaced():
    return RandomSampler(Squares(), replacement=True, num_samples=40, generator=torch.Generator().manual_seed(5))


LOADERS = {
    "a DataLoader": lambda: DataLoader(Squares(), batch_size=3),
    "a shuffled DataLoader": lambda: DataLoader(Squares(), batch_size=3, shuffle=True),
    "a DataLoader with a generator": lambda: DataLoader(
        Squares(), batch_size=2, shuffle=True, generator=torch.Generator().manual_seed(1)
    ),
    "a DataLoader with a batch sampler": lambda: DataLoader(
        Squares(), batch_sampler=BatchSampler(RandomSampler(Squares()), 4, drop_last=False)
    ),
    "a sampler that draws as it goes": lambda: DataLoader(Squares(), batch_size=8, sampler=replaced()),
    "a DataLoader of a stream": lambda: DataLoader(Rows(), batch_size=2),
    "a list": lambda: [torch.tensor([number]) for number in range(5)],
    "one batch": lambda: [torch.tensor([1])],
    "no batch": list,
    "an iterable": lambda: Counted(6),
    "a container": lambda: Squares(),
    "a leyden pipe": lambda: ly.data.DataLoader(Squares(), 3, shuffle=True, seed=2),
}


@pytest.fixture(params=LOADERS)
def make(request):
    return LOADERS[request.param]


def two_epochs(loader):
    """Two whole loops with draws between the batches, as dropout makes them, and one that is left early before them."""
    torch.manual_seed(7)
    told = []
    for stop in (2, None, 3, None):
        for count, batch in enumerate(loader, start=1):
            told.append((torch.as_tensor(batch).tolist(), torch.rand(1).item()))
            if count == stop:
                break
    return told


def test_batches_and_draws_are_those_of_the_loader_alone(make):
    assert two_epochs(Source(make())) == two_epochs(make())


def test_batches_beyond_the_second_are_fetched_on_a_thread():
    squares = Squares(5)
    for _ in Source(DataLoader(squares, batch_size=1)):
        time.sleep(0.001)
    assert squares.threads == ["MainThread"] * 2 + ["leyden-source"] * 3


def test_nothing_beyond_the_last_batch_is_asked_of_a_loader_with_a_length():
    class Sized:
        asked = 0

        def __len__(self):
            return 4

        def __iter__(self):
            for number in range(4):
                self.asked += 1
                yield number
            self.asked = -1

    loader = Sized()
    iterator = iter(Source(loader))
    assert [next(iterator) for _ in range(4)] == [0, 1, 2, 3]
    assert loader.asked == 4
    with pytest.raises(StopIteration):
        next(iterator)
    assert loader.asked == -1


def alive():
    return [each.name for each in threading.enumerate() if each.name == "leyden-source"]


def test_the_thread_is_gone_with_the_last_batch():
    for count, _ in enumerate(Source(DataLoader(Squares(6), batch_size=1)), start=1):
        if count == 6:
            assert not alive()


def test_the_thread_is_gone_after_a_break_and_when_a_loop_is_dropped():
    source = Source(Counted(1000))
    for number in source:
        if number == 5:
            assert alive()
            break
    assert not alive()
    iterator = iter(source)
    assert [next(iterator) for _ in range(3)] == [0, 1, 2]
    assert alive()
    del iterator
    assert not alive()


def test_a_new_loop_ends_the_thread_of_the_one_before_which_still_gives_all():
    source = Source(Counted(8))
    first = iter(source)
    assert [next(first) for _ in range(3)] == [0, 1, 2]
    assert list(source) == list(range(8))
    assert not alive()
    assert list(first) == [3, 4, 5, 6, 7]


def test_loops_over_one_source_can_be_nested():
    source = Source(DataLoader(Squares(4), batch_size=1))
    assert [(a.item(), b.item()) for a in source for b in source] == [
        (a * a, b * b) for a in range(4) for b in range(4)
    ]
    assert [(a.item(), b.item()) for a, b in zip(source, source, strict=True)] == [(a * a, a * a) for a in range(4)]


def test_an_iterator_that_nobody_used_leaves_no_trace():
    loader = DataLoader(Squares(), shuffle=True)
    torch.manual_seed(0)
    plain = flat(loader)
    torch.manual_seed(0)
    source = Source(loader)
    iter(source)
    assert flat(source) == plain


def test_hooks_that_draw_between_iter_and_the_first_batch_change_nothing():
    def told(loader):
        torch.manual_seed(0)
        iterator = iter(loader)
        drawn = torch.rand(1).item()
        return drawn, [next(iterator).tolist() for _ in range(5)]

    loader = DataLoader(Squares(), batch_size=2, shuffle=True)
    assert told(Source(loader)) == told(loader)
