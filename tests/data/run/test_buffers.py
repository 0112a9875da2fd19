import gc
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import leyden as ly
from leyden.data.run.buffers import Buffers

LARGE = 20_000  # floats: large enough to be lent


def lent(buffers, *shape, dtype=torch.float32):
    tensor = buffers.lend(shape, dtype)
    assert tensor is not None
    assert (tensor.shape, tensor.dtype) == (shape, dtype)
    return tensor


def test_a_block_is_used_again_when_its_tensor_is_gone():
    buffers = Buffers()
    tensor = lent(buffers, LARGE)
    place = tensor.data_ptr()
    del tensor
    assert lent(buffers, LARGE).data_ptr() == place
    assert buffers.made == 1


@pytest.mark.parametrize(
    "hold",
    [
        lambda tensor: tensor[5:7],
        lambda tensor: tensor.numpy(),
        lambda tensor: tensor.numpy()[3:],
        lambda tensor: tensor.untyped_storage(),
        lambda tensor: tensor.view(torch.int32).detach(),
        lambda tensor: np.from_dlpack(tensor),
        lambda tensor: {"inside": [tensor.reshape(2, -1)]},
    ],
    ids=["slice", "array", "slice of the array", "storage", "view", "dlpack", "nested"],
)
def test_whatever_sees_a_block_keeps_it(hold):
    buffers = Buffers()
    tensor = lent(buffers, LARGE)
    place = tensor.data_ptr()
    held = hold(tensor)
    del tensor
    gc.collect()
    assert lent(buffers, LARGE).data_ptr() != place
    del held
    assert {lent(buffers, LARGE).data_ptr() for _ in range(2)} >= {place}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.booleans()), max_size=30))
@settings(deadline=None)
def test_nothing_that_is_kept_ever_changes(steps):
    buffers, kept = Buffers(), {}
    for number, (slot, size, drop) in enumerate(steps):
        if drop:
            kept.pop(slot, None)
            continue
        tensor = lent(buffers, size * LARGE).fill_(number)
        kept[slot] = (number, tensor[::1000])
        assert all(bool((part == value).all()) for value, part in kept.values())
    assert buffers.made <= len(steps)


def test_there_are_never_more_blocks_than_were_lent_at_one_time():
    buffers = Buffers()
    for number in range(50):
        held = [lent(buffers, LARGE + 500 * (number % 7)) for _ in range(3)]
        del held
    assert len(buffers._free) == 3
    for size in (1, 10, 100, 1000):
        lent(buffers, size * LARGE)
    assert len(buffers._free) == 3


@pytest.mark.parametrize(
    "dtype", [torch.uint8, torch.bool, torch.bfloat16, torch.int64, torch.complex64, torch.float64]
)
def test_any_dtype_can_be_lent(dtype):
    buffers = Buffers()
    for _ in range(2):
        tensor = lent(buffers, 300, 300, dtype=dtype)
        tensor.fill_(1)
        assert bool((tensor == 1).all())
    assert tensor.data_ptr() % 64 == 0


def test_small_tensors_are_not_lent():
    assert Buffers().lend((3, 4), torch.float32) is None
    assert Buffers().lend((0, 4), torch.float32) is None


def test_buffers_arrive_empty_in_another_process():
    buffers = Buffers()
    lent(buffers, LARGE)
    assert pickle.loads(pickle.dumps(buffers)).made == 0


def numbered(index):
    return {"image": torch.full((3, 40, 50), float(index)), "array": np.full((40, 75), index), "label": index}


def test_batches_made_on_threads_use_their_memory_again():
    places = set()
    pipe = range(403) | ly.data.map(numbered) | ly.data.batch(4) | ly.data.parallel(2)
    for number, each in enumerate(pipe):
        assert each["image"][:, 0, 0, 0].tolist() == each["array"][:, 0, 0].tolist() == each["label"].tolist()
        assert each["label"][0] == 4 * number
        places |= {each["image"].data_ptr(), each["array"].data_ptr()}  # of one size, so each fits where the other was
    assert len(places) <= 2 * 8, "of eight batches: one held, one about to be, four ahead, two in the making"


@given(st.sets(st.integers(0, 24)), st.integers(1, 3))
@settings(deadline=None, max_examples=15)
def test_a_kept_part_of_an_old_batch_never_changes(kept, workers):
    pipe = range(99) | ly.data.map(numbered) | ly.data.batch(4) | ly.data.parallel(workers)
    parts = {number: each["image"][1:2, :, ::7] for number, each in enumerate(pipe) if number in kept}
    for number, part in parts.items():
        assert bool((part == 4 * number + 1).all())


def test_gradients_other_strides_and_other_shapes_are_stacked_as_ever():
    weight = torch.ones(3, 200, 200, requires_grad=True)
    (traced,) = [[weight, weight]] | ly.data.map(lambda pair: pair[0] * 2) | ly.data.batch(1) | ly.data.parallel(2)
    assert traced.requires_grad
    turned = [torch.rand(100, 200, 3).permute(2, 0, 1) for _ in range(4)]
    (alone,), (here,) = turned | ly.data.batch(4), turned | ly.data.batch(4) | ly.data.parallel(2)
    assert torch.equal(alone, here)
    assert alone.stride() == here.stride()
    sizes = [100, 100, 200, 200, 300]
    shapes = [
        tuple(x.shape)
        for x in sizes | ly.data.map(lambda n: torch.zeros(n, n)) | ly.data.batch(2) | ly.data.parallel(2)
    ]
    assert shapes == [(2, 100, 100), (2, 200, 200), (1, 300, 300)]
