import random
from threading import Thread

import numpy as np
import pytest
import torch

from leyden.augment.adapting.streams import seeded_streams


def drawn():
    return torch.rand(2).tolist(), np.random.rand(2).tolist(), random.random()  # noqa: NPY002 - the one that is seeded


def test_all_global_streams_start_at_the_seed_and_are_put_back():
    before = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    with seeded_streams(7):
        first = drawn()
    with seeded_streams(7):
        assert drawn() == first
    with seeded_streams(8):
        assert drawn() != first
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]  # noqa: NPY002
    assert random.getstate() == before[2]


def test_streams_are_put_back_after_an_error():
    before = random.getstate()
    with pytest.raises(KeyError), seeded_streams(1):
        raise KeyError
    assert random.getstate() == before


def test_threads_take_turns():
    with seeded_streams(3):
        wanted = [torch.rand(()).item() for _ in range(50)]
    found = []

    def work():
        with seeded_streams(3):
            found.append([torch.rand(()).item() for _ in range(50)])

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4
