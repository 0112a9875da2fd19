import random
from typing import Any

import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, TensorDataset

from leyden.train.run.generators import moved, own_generators, put_back, stand

DATA = TensorDataset(torch.arange(3))


def draws():
    return torch.rand(1).item(), np.random.rand(), random.random()  # noqa: NPY002


def test_each_of_the_three_is_seen_to_move():
    before = stand()
    assert stand() == before
    for draw, name in ((torch.rand, "torch"), (np.random.rand, "numpy"), (lambda _: random.random(), "Python")):
        now = stand()
        draw(1)
        assert moved(now, stand()) == [name]
    assert moved(before, stand()) == ["torch", "numpy", "Python"]


def test_put_back_they_draw_the_same_again():
    np.random.randn()  # noqa: NPY002 - leaves a second number behind, which has to come back too
    own = torch.Generator().manual_seed(3)
    before = stand((own,))
    first = (*draws(), np.random.randn(), torch.rand(1, generator=own).item())  # noqa: NPY002
    put_back(before, (own,))
    assert (*draws(), np.random.randn(), torch.rand(1, generator=own).item()) == first  # noqa: NPY002


def test_a_loader_has_the_generators_of_its_samplers():
    given = torch.Generator()
    assert own_generators(DataLoader(DATA, generator=given)) == (given,)
    assert own_generators(DataLoader(DATA, sampler=RandomSampler(DATA, generator=given))) == (given,)
    batches = BatchSampler(RandomSampler(DATA, generator=given), 1, drop_last=False)
    assert own_generators(DataLoader(DATA, batch_sampler=batches)) == (given,)
    assert own_generators(DataLoader(DATA, generator=torch.default_generator)) == ()
    assert own_generators([1, 2]) == ()


def test_another_kind_of_generator_in_numpy_is_seen_and_put_back_too():
    numpy: Any = np.random  # its type files lack both
    kept = numpy.get_bit_generator()
    numpy.set_bit_generator(np.random.PCG64(1))
    try:
        before = stand()
        first = np.random.rand()  # noqa: NPY002
        assert moved(before, stand()) == ["numpy"]
        put_back(before)
        assert np.random.rand() == first  # noqa: NPY002
    finally:
        numpy.set_bit_generator(kept)
