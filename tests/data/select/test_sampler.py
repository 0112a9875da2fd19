import pickle

import pytest
import torch
from torch.utils.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

import leyden as ly
from leyden.data.select.sampler import sample
from leyden.errors import DataError

DATA = [10 * i for i in range(8)]


class Loose(Sampler):
    """Draws from torch's own stream, where nobody can follow."""

    def __iter__(self):
        return iter(torch.randperm(8).tolist())

    def __len__(self):
        return 8


class Growing(Sampler):
    """Longer with every epoch."""

    epoch = 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        return iter(range(self.epoch + 1))


@pytest.mark.parametrize("own", [None, torch.Generator().manual_seed(5)])
def test_a_random_sampler_becomes_a_keyed_order(own):
    sampler = RandomSampler(DATA, generator=own)
    before = None if own is None else own.get_state()
    one, same, other = (DATA | sample(sampler, seed=seed) for seed in (0, 0, 1))
    first, second = list(one), list(one)
    assert sorted(first) == DATA
    assert first == list(same) == [same.at(i, ly.data.Moment(0)) for i in range(8)] != second == list(same)
    assert list(other) != first
    assert list(DATA | sample(sampler) | ly.data.parallel(2)) == first
    assert sampler.generator is own
    assert own is None or torch.equal(own.get_state(), before)


def test_other_samplers_of_torch():
    assert list(DATA | sample(SequentialSampler(DATA))) == DATA
    assert sorted(DATA | sample(SubsetRandomSampler([1, 3]))) == [10, 30]
    view = DATA | sample(WeightedRandomSampler([0, 1, 1, 0, 0, 0, 0, 0], 40))
    assert (len(view), set(view)) == (40, {10, 20})


def test_a_distributed_sampler_is_told_the_epoch():
    ranks = [DistributedSampler(DATA, num_replicas=3, rank=rank, seed=4) for rank in range(3)]
    views = [DATA | sample(sampler) for sampler in ranks]
    for epoch in range(3):
        for sampler, view in zip(ranks, views, strict=True):
            sampler.set_epoch(epoch)
            assert list(view) == [DATA[i] for i in sampler]
    assert [sampler.epoch for sampler in ranks] == [2, 2, 2]
    views[0].set_epoch(7)
    ranks[0].set_epoch(7)
    assert views[0][0] == DATA[next(iter(ranks[0]))]


def test_the_stream_of_torch_stays_where_it_was():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    with pytest.raises(DataError, match="draws from something else than its attribute `generator`"):
        DATA | sample(Loose())
    list(DATA | sample(RandomSampler(DATA)))
    assert torch.equal(torch.rand(1), expected)


def test_a_sampled_view_travels_and_prints():
    view = DATA | sample(RandomSampler(DATA), seed=2)
    assert repr(view) == "list[8] | sample(RandomSampler, seed=2)"
    assert list(pickle.loads(pickle.dumps(view))) == list(view)


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (BatchSampler(SequentialSampler(DATA), 2, False), r"place of a batch sampler write sample\(sampler\) \| batch"),
        (SequentialSampler(range(9)), r"names element 8, but list\[8\] has 8; was it made for other data\?"),
        ([-1], "names element -1"),
        (3, "takes a sampler, which can be gone through; given 3"),
        ((index for index in DATA), r"a generator can be gone through once, .* write subset\(sampler\)"),
        (iter([0, 1]), "a list_iterator can be gone through once"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_sampler_for_the_data_is_refused(sampler, message):
    with pytest.raises(DataError, match=message):
        DATA | sample(sampler)


def test_a_sampler_whose_length_changes_is_refused_when_it_does():
    view = DATA | sample(Growing())
    assert list(view) == [0]
    with pytest.raises(DataError, match="names 2 elements in epoch 1 and 1 in epoch 0; a pipe has one length"):
        list(view)
