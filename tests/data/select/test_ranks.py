from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import distributed
from torch.utils.data import DistributedSampler

import leyden as ly
from leyden.data.select.ranks import shard
from leyden.errors import DataError


@given(st.integers(1, 30), st.integers(1, 6))
def test_padded_shards_are_those_of_torch(count, of):
    for rank in range(of):
        theirs = list(DistributedSampler(range(count), num_replicas=of, rank=rank, shuffle=False))
        view = range(count) | shard(rank=rank, of=of)
        assert list(view) == [view[i] for i in range(len(view))] == theirs


@given(st.integers(0, 30), st.integers(1, 6))
def test_shards_without_padding_share_nothing_and_hold_all(count, of):
    parts = [list(range(count) | shard(rank=rank, of=of, pad=False)) for rank in range(of)]
    assert sorted(x for part in parts for x in part) == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(st.integers(0, 3))
def test_after_a_shuffle_the_ranks_part_each_epoch_anew(epoch):
    parts = [range(12) | ly.data.shuffle(seed=1) | shard(rank=rank, of=3) for rank in range(3)]
    for part in parts:
        part.set_epoch(epoch)
    assert Counter(x for part in parts for x in list(part)) == Counter(range(12))


def test_rank_and_number_come_from_torch_distributed_once_it_is_set_up(tmp_path):
    with pytest.raises(DataError, match=r"not set up.* after init_process_group\(\), or give rank and of"):
        shard()
    store = distributed.FileStore(str(tmp_path / "store"), 1)
    distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        assert repr(range(3) | shard()) == "range(0, 3) | shard(rank=0, of=1)"
    finally:
        distributed.destroy_process_group()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"rank": 2, "of": 2}, "lie below `of`; given rank=2, of=2"),
        ({"rank": -1, "of": 2}, "rank is at least 0; given -1"),
        ({"rank": 0, "of": 0}, "of is at least 1; given 0"),
        ({"rank": 0}, "give both, or neither to ask torch.distributed; given rank=0, of=None"),
    ],
    ids=str,
)
def test_ranks_that_there_are_not_are_refused(numbers, message):
    with pytest.raises(DataError, match=message):
        shard(range(4), **numbers)


def test_an_empty_container_has_empty_shards():
    assert list([] | shard(rank=1, of=2)) == []
