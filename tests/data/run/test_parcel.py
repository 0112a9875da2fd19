import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.data.run.parcel import Inbox, Parcel, Rooms, bytes_in


@dataclass(frozen=True)
class Scan:
    voxels: torch.Tensor
    name: str


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def sent(content):
    here, there = multiprocessing.Pipe()
    parcel = Parcel(content)
    with here, there:
        parcel.send(here, os.getpid())
        parcel.close()
        return Inbox(there).receive().content()


DTYPES = [
    torch.uint8,
    torch.bool,
    torch.int16,
    torch.int64,
    torch.bfloat16,
    torch.float16,
    torch.float64,
    torch.complex64,
]


@given(st.sampled_from(DTYPES), st.lists(st.integers(0, 60), max_size=3), st.booleans())
@settings(deadline=None)
def test_a_tensor_of_any_type_and_size_arrives(dtype, shape, turned):
    tensor = (torch.rand(shape) * 9).to(dtype)
    tensor = tensor.movedim(0, -1) if turned and shape else tensor
    again = sent(tensor)
    assert torch.equal(again, tensor)
    assert (again.dtype, again.shape) == (tensor.dtype, tensor.shape)
    again.fill_(1)  # its memory may be written to


def test_structures_arrive_as_they_are():
    words = {"a": [Scan(torch.arange(50_000), "x"), None], "b": (np.zeros((70, 80)), "c", b"d", {1, 2}, 2.5)}
    again = sent(words)
    assert type(again["a"][0]) is Scan
    assert torch.equal(again["a"][0].voxels, torch.arange(50_000))
    assert again["b"][0].shape == (70, 80)
    assert again["b"][1:] == words["b"][1:]


def test_arrays_arrive_whatever_their_layout():
    array = np.arange(90_000.0).reshape(300, 300)
    fixed = array.copy()
    fixed.setflags(write=False)
    for each in (array.T, array[::2, ::3], array.astype(">f8"), np.array(["a", None], dtype=object), fixed):
        assert np.array_equal(sent(each), each)
    with pytest.raises(ValueError, match="read-only"):
        sent(fixed)[0] = 1
    sent(array)[0] = 1


def test_functions_arrive_whole():
    factor = torch.full((100, 100), 3.0)
    assert sent(lambda x: x * factor.sum().item())(2) == 60_000


def test_gradients_arrive_only_as_a_wish():
    assert sent(torch.ones(3, requires_grad=True)).requires_grad
    with pytest.raises(ValueError, match=r"history of gradients .* detach\(\) it"):
        Parcel(torch.ones(3, requires_grad=True) * 2)


def test_sparse_and_conjugated_tensors_arrive():
    sparse = torch.eye(200).to_sparse()
    assert torch.equal(sent(sparse).to_dense(), torch.eye(200))
    assert torch.equal(sent(torch.tensor([1 + 2j]).conj()), torch.tensor([1 - 2j]))


def test_no_file_stays_open_for_what_has_arrived_or_was_never_sent():
    before = open_files()
    kept = [sent([torch.zeros(10_000) + number, np.ones(9_000)]) for number in range(20)]
    for _ in range(5):
        Parcel(torch.zeros(10_000)).close()
    assert open_files() == before
    assert [int(tensor[-1]) for tensor, _ in kept] == list(range(20))


def test_one_parcel_can_go_to_several():
    parcel = Parcel({"x": torch.arange(20_000)})
    for _ in range(2):
        here, there = multiprocessing.Pipe()
        with here, there:
            parcel.send(here)
            assert int(Inbox(there).receive().content()["x"][-1]) == 19_999
    parcel.close()


def test_a_closed_connection_is_told():
    here, there = multiprocessing.Pipe()
    here.close()
    with there, pytest.raises(EOFError):
        Inbox(there).receive()


def holds(tensor):
    return [
        tensor[3:5],
        tensor.numpy(),
        tensor.untyped_storage(),
        memoryview(tensor.numpy())[2:],
        {"x": tensor.view(-1)},
    ]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), max_size=25))
@settings(deadline=None, max_examples=30)
def test_memory_is_used_again_only_when_nothing_sees_it(steps):
    here, there = multiprocessing.Pipe()
    rooms, inbox, kept = Rooms(), Inbox(there), {}
    with here, there:
        for number, (size, hold) in enumerate(steps):
            rooms.give_back(inbox.done())
            parcel = Parcel([torch.full((size * 5000,), number), np.full(9000, number)], rooms)
            parcel.send(here)
            parcel.close()
            tensor, array = inbox.receive().content()
            assert int(tensor.sum()) == number * size * 5000
            kept[hold % 3] = (holds(tensor)[hold] if hold < 5 else array[7:], number)
            del tensor, array
            for held, expected in kept.values():
                held = held["x"] if isinstance(held, dict) else held
                first = torch.tensor(held, dtype=torch.int64) if isinstance(held, torch.UntypedStorage) else held
                assert int(first[0]) == (expected if first is held else expected % 256)


def test_a_reader_that_drops_what_it_got_is_served_from_one_room():
    here, there = multiprocessing.Pipe()
    rooms, inbox, places = Rooms(), Inbox(there), set()
    before = open_files()
    for number in range(50):
        rooms.give_back(inbox.done())
        Parcel(torch.full((20_000,), number), rooms).send(here)
        tensor = inbox.receive().content()
        assert int(tensor[-1]) == number
        places.add(tensor.data_ptr())
        del tensor
    assert len(places) == 1
    assert open_files() == before + 1
    kept = []
    for number in range(40):
        rooms.give_back(inbox.done())
        parcel = Parcel(torch.full((20_000,), number), rooms)
        parcel.send(here)
        parcel.close()
        kept.append(inbox.receive().content())
    assert [int(tensor[0]) for tensor in kept] == list(range(40))
    assert open_files() == before + 16, "a bounded number, however much is kept"
    here.close()
    there.close()


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(10)[::3][:1],
        torch.empty(0, dtype=torch.int32).as_strided((0,), (0,)),
        torch.arange(12.0).reshape(3, 4)[1:2, 2:3],
        torch.arange(6).reshape(2, 3).T,
        torch.tensor([1 + 2j]).conj(),
        torch.tensor(3.0),
        torch.arange(5)[2:],
    ],
    ids=str,
)
def test_a_tensor_of_any_stride_arrives_and_is_told_by_its_numbers(tensor):
    assert torch.equal(sent(tensor), tensor)
    assert bytes_in(tensor).tobytes() == tensor.clone().resolve_conj().numpy().tobytes()
